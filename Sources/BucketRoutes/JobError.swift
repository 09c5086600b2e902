package import AWS

/// Why a job was not done on the machine that has the data mounted.
package enum JobError: Error, CustomStringConvertible {
    case agent(String)
    case noInstance(String)
    case notRunning(instance: String, state: String)
    case notOnline(instance: String, seconds: Int)
    case commandFailed(command: String, status: String, lines: [String])
    /// Nobody knows whether it goes on.
    case lost(command: String)
    case badName(String)
    case noOutput(stack: String, name: String, known: [String])
    case aws(AWSError)

    package var description: String {
        switch self {
        case .agent(let text): "the agent failed: \(text)"
        case .noInstance(let id):
            "there is no instance \(id) in this account and region; check \"bucket\" in the environment"
        case .notRunning(let instance, let state):
            "instance \(instance) is \(state) and cannot be started; see the EC2 console"
        case .notOnline(let instance, let seconds):
            "instance \(instance) runs, and its management agent was not heard of in \(seconds) s: check its "
                + "role (AmazonSSMManagedInstanceCore) and that it reaches the network"
        case .commandFailed(let command, let status, let lines):
            "the command \(command) on the instance ended with \(status)"
                + lines.map { "\n  " + $0 }.joined()
        case .lost(let command):
            "nobody knows whether command \(command) goes on at the instance; give the same command again, "
                + "which waits for it"
        case .badName(let text):
            "\"\(text)\" cannot be the name of a bucket, a prefix or an instance"
        case .noOutput(let stack, let name, let known):
            "stack \"\(stack)\" has no output \"\(name)\"; it has: \(known.joined(separator: ", "))"
        case .aws(let error): error.description
        }
    }
}
