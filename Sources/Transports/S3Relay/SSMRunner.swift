package import AWS
import Digests
import JSON
import Posix
package import Processes

/// Jobs on an instance: their bytes by way of a bucket, their start by Systems Manager, their answer by the
/// bucket again, since what a command prints is cut.
package final class SSMRunner: JobRunner {
    package let scratch: String
    private let client: AWSClient
    private let instance: String
    private let bucket: String
    /// Ends in a slash. Everything below it is this tool's, and temporary.
    private let prefix: String
    private let cancel: Cancellation?
    private var number = 0
    package var interval: Double = 2
    /// Seconds after which a command that was sent must be known.
    package var known: Double = 120
    /// Seconds that an answer is waited for after Systems Manager has given up on a command.
    package var afterlife: Double = 120

    package init(
        client: AWSClient, instance: String, bucket: String, prefix: String, scratch: String,
        cancel: Cancellation?
    ) throws {
        // These become part of a script; nothing but such names does.
        for name in [bucket, prefix] {
            guard
                name.allSatisfy({
                    $0.isASCII && ($0.isLetter || $0.isNumber || "._-/".contains($0))
                })
            else { throw JobError.badName(name) }
        }
        self.client = client
        self.instance = instance
        self.bucket = bucket
        self.prefix = prefix
        self.scratch = scratch
        self.cancel = cancel
        try FileSystem.createDirectories(scratch)
    }

    package func upload(_ file: String, as name: String) throws {
        // `s3 cp` sends large files in parts, several at once.
        _ = try client.run(
            AWSCall(
                "s3", "cp", ["--only-show-errors", file, "s3://\(bucket)/\(prefix)\(name)"]),
            cancel: cancel)
    }

    package func download(_ name: String, to file: String) throws {
        guard
            try client.getObject(bucket: bucket, key: prefix + name, to: file, cancel: cancel)
                != nil
        else { throw JobError.agent("it left no \(name)") }
    }

    package func discard(_ names: [String]) throws {
        for name in names { try client.deleteObject(bucket: bucket, key: prefix + name) }
    }

    package func run(_ job: [UInt8]) throws -> [UInt8] {
        number += 1
        let name = "job-\(number)"
        let file = "\(scratch)/\(name)"
        try FileSystem.writeAtomically(job, to: file, mode: 0o600)
        defer {
            for end in ["", ".result", ".command"] {
                try? FileSystem.remove(file + end)  // try?: ours, in a scratch folder
            }
        }
        try upload(file, as: name)
        try FileSystem.writeAtomically(
            try script(name, Digest.of(job)), to: file + ".command", mode: 0o600)
        let command = try send(file + ".command", comment: "pipeline \(prefix.suffix(60))\(name)")
        try awaitThat(command, name)
        try download(name + ".result", to: file + ".result")
        let answer = try FileSystem.read(file + ".result")
        try discard([name, name + ".result"])
        return answer
    }

    /// The parameters of AWS-RunShellScript: the agent, always the same, and the names of the job.
    private func script(_ name: String, _ digest: Digest) throws -> [UInt8] {
        let text =
            "python3 - s3 '\(bucket)' '\(prefix)' '\(name)' \(digest.hex) <<'PIPELINE_AGENT'\n"
            + AgentProgram.text + "\nPIPELINE_AGENT"
        let parameters = [
            "commands": text.split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init),
            // Two days: the end is what is waited for, and not this.
            "executionTimeout": ["172800"],
        ]
        return try JSONValue.encode(parameters).bytes
    }

    private func send(_ parameters: String, comment: String) throws -> String {
        do {
            return try client.sendCommand(
                instance: instance, parameters: parameters, comment: comment, cancel: cancel)
        } catch .answerLost {
            if let found = try client.command(withComment: comment, instance: instance) {
                return found
            }
            return try client.sendCommand(
                instance: instance, parameters: parameters, comment: comment, cancel: cancel)
        }
    }

    /// Waits for the real end, however long it takes.
    private func awaitThat(_ command: String, _ name: String) throws {
        let began = MonotonicClock.nanoseconds()
        while true {
            do { try AWSClient.pause(since: began, atMost: interval, cancel) } catch {
                _ = try? client.run(.cancelCommand(command))  // try?: it is fenced off
                throw error
            }
            guard let now = try client.invocation(command, instance: instance, cancel: cancel)
            else {
                // Commands take a moment to be known.
                if Double(MonotonicClock.nanoseconds() - began) / 1e9 > known {
                    throw JobError.lost(command: command)
                }
                continue
            }
            guard now.isOver else { continue }
            if now.status == "Success" { return }
            if now.status == "TimedOut", try hasAnswer(name) { return }
            let lines = (now.standardErrorContent ?? "").split(whereSeparator: \.isNewline)
            throw JobError.commandFailed(
                command: command, status: now.statusDetails ?? now.status,
                lines: lines.suffix(5).map(String.init))
        }
    }

    /// Systems Manager may give up on what still goes on.
    private func hasAnswer(_ name: String) throws -> Bool {
        let began = MonotonicClock.nanoseconds()
        while Double(MonotonicClock.nanoseconds() - began) / 1e9 < afterlife {
            if try client.headObject(bucket: bucket, key: prefix + name + ".result") != nil {
                return true
            }
            try AWSClient.pause(since: began, atMost: interval, cancel)
        }
        return false
    }

    /// Removes everything below the prefix.
    package static func clear(_ client: AWSClient, bucket: String, prefix: String) throws {
        for object in try client.objects(bucket: bucket, prefix: prefix) {
            try client.deleteObject(bucket: bucket, key: object.key)
        }
    }
}
