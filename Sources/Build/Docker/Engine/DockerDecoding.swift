import JSON
import Processes

extension DockerEngine {
    /// Reads the JSON that a command wrote.
    func decode<Value: Decodable>(
        _ type: Value.Type, from output: ProcessOutput, _ arguments: [String]
    ) throws(DockerError) -> Value {
        try decode(type, from: output.standardOutput, arguments)
    }

    func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], _ arguments: [String]
    ) throws(DockerError) -> Value {
        do {
            return try JSONValue.decode(type, from: bytes)
        } catch {
            throw .unreadableAnswer(arguments: arguments, reason: "\(error)")
        }
    }
}
