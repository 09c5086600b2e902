import FoundationEssentials
import Processes

extension DockerEngine {
    /// Reads the JSON that a command wrote.
    func decode<Value: Decodable>(
        _ type: Value.Type, from output: ProcessOutput, _ arguments: [String]
    ) throws(DockerError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(output.standardOutput))
        } catch {
            throw .unreadableAnswer(arguments: arguments, reason: "\(error)")
        }
    }
}
