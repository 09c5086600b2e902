package import AWS
package import Failures

/// Why a job was not done on the machine that has the data mounted.
package enum JobError: Explained {
    case agent(String)
    case noInstance(String)
    case notRunning(instance: String, state: String)
    case notOnline(instance: String, seconds: Int)
    case commandFailed(command: String, status: String, lines: [String])
    /// Nobody knows whether it goes on.
    case lost(command: String)
    case badName(String)
    case noOutput(stack: String, name: String, known: [String])
    /// Another operator has taken the environment's lock since.
    case fenced(mine: Int, found: Int)
    case unfenced(String)
    case aws(AWSError)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .agent(let text):
            Failure(
                "agent-failed", "the agent failed", cause: text, next: "fix the cause", run: .again
            )
        case .noInstance(let id):
            Failure(
                "instance-missing", "there is no instance \(id) in this account and region",
                next: "check \"bucket\" in the environment's file")
        case .notRunning(let instance, let state):
            Failure(
                "instance-not-running", "instance \(instance) is \(state) and cannot be started",
                next: "see the EC2 console",
                run: .exact("aws ec2 describe-instances --instance-ids \(instance)"))
        case .notOnline(let instance, let seconds):
            Failure(
                "instance-not-online",
                "instance \(instance) runs, and its management agent was not heard of in \(seconds) s",
                next:
                    "check its role (AmazonSSMManagedInstanceCore) and that it reaches the network",
                run: .again)
        case .commandFailed(let command, let status, let lines):
            Failure(
                "instance-command-failed",
                "the command \(command) on the instance ended with \(status)", said: lines,
                next: "fix the cause", run: .again)
        case .lost(let command):
            Failure(
                "instance-command-lost",
                "nobody knows whether command \(command) goes on at the instance",
                cause: "if it does, the next try waits until it has ended", run: .again)
        case .badName(let text):
            Failure(
                "bucket-name",
                "\"\(text)\" cannot be the name of a bucket, a prefix or an instance",
                next: "correct it in the environment's file")
        case .noOutput(let stack, let name, let known):
            Failure(
                "stack-output-missing",
                "stack \"\(stack)\" has no output \"\(name)\"; it has: \(known.joined(separator: ", "))",
                next: "name one of these in the environment's file")
        case .fenced(let mine, let found):
            Failure(
                "fenced",
                "the data is fenced off: this run holds the environment under number \(mine), and another has worked on "
                    + "it under \(found)",
                cause: "another operator has taken the lease since; this change was refused",
                next: "look with `pipeline status` what is live", run: .again)
        case .unfenced(let place):
            Failure(
                "fence-unwritable",
                "the number of the environment's lock could not be written to \(place), though nobody else did",
                next: "check the bucket's policy", run: .again)
        case .aws(let error): error.failure
        }
    }
}

/// For the exit code alone: the error itself says what to do.
extension JobError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .aws(let error): error.pause
        case .lost: .goesOn
        default: nil
        }
    }
}
