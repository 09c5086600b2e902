import JSON
import Processes
import Slots

/// One folder of a remote, reached by the program `rclone`.
struct RcloneProgram: Sendable {
    /// As rclone's command line names it, such as `drive:` or `:sftp,host=example.org:`.
    let remote: String
    /// A path in the remote, without a slash at its end.
    let folder: String
    /// rclone's configuration file; nil for the user's own.
    let config: String?
    let cancel: Cancellation?

    /// What a command said that could be carried out.
    enum Answer {
        case done(ProcessOutput)
        /// There is no such file or folder.
        case absent
    }

    /// Whether it is a bucket as `S3Remote` names it. Other storages may date a file as the one who sends it asks for.
    var isBucket: Bool { remote.hasPrefix(":s3,") }

    /// The folder, or what has a path below it, as an argument.
    func target(_ path: String? = nil) -> String {
        let below = [folder, path.map(RcloneName.encode) ?? ""].filter { !$0.isEmpty }
        return remote + below.joined(separator: "/")
    }

    /// Runs a command and tells absent from unknown by rclone's exit codes (3: no directory, 4: no file).
    ///
    /// - Throws: `TransportError.failed` with rclone's last words for every other exit.
    func ask(
        _ arguments: [String], input: [UInt8]? = nil, limit: Int = 256 << 20
    ) throws(TransportError) -> Answer {
        var words = ["rclone"] + arguments
        // Names are bytes: two that differ only in how an accent is written are two files.
        words += ["--ask-password=false", "--log-level", "ERROR", "--no-unicode-normalization"]
        if let config { words += ["--config", config] }
        let output: ProcessOutput
        do throws(ProcessError) {
            output = try ProcessRunner.run(
                // rclone's client of S3 ends with an error where this is set; certificates are `RCLONE_CA_CERT` for it.
                ProcessCommand(words, environment: ["AWS_CA_BUNDLE": nil]), input: input,
                outputLimit: limit, cancel: cancel)
        } catch {
            if case .interrupted = error { throw .interrupted }
            throw .failed("\(error)")
        }
        switch output.exit {
        case .exited(0):
            guard !output.outputWasCut else {
                throw .failed("rclone \(arguments[0]) printed more than \(limit >> 20) MiB")
            }
            return .done(output)
        case .exited(3), .exited(4):
            // A folder that was lost while it was listed is not one that is missing.
            guard !output.standardOutput.contains(UInt8(ascii: "{")) else {
                throw .failed("rclone \(arguments[0]) ended early: \(Self.reason(output))")
            }
            return .absent
        default:
            throw .failed("rclone \(arguments[0]) failed: \(Self.reason(output))")
        }
    }

    /// Runs a command whose subject must be there.
    @discardableResult
    func run(
        _ arguments: [String], input: [UInt8]? = nil
    ) throws(TransportError) -> ProcessOutput {
        switch try ask(arguments, input: input) {
        case .done(let output): return output
        case .absent:
            throw .failed("rclone \(arguments[0]) found nothing at \"\(target())\"")
        }
    }

    /// The last line that rclone has logged, without its time.
    private static func reason(_ output: ProcessOutput) -> String {
        let line = output.standardErrorText.split(separator: "\n").last ?? "\(output.exit)"[...]
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0].split(separator: "/").count == 3 else {
            return String(line)
        }
        return String(parts[2])
    }

    /// A file or folder, as `rclone lsjson` prints it.
    struct Item: Decodable {
        let path: String
        let size: Int64
        let isFolder: Bool
        let modified: String?

        private enum CodingKeys: String, CodingKey {
            case path = "Path"
            case size = "Size"
            case isFolder = "IsDir"
            case modified = "ModTime"
        }
    }

    /// What lies in the folder, or in one below it; nil where there is no such folder.
    ///
    /// - Parameter options: further options of `rclone lsjson`.
    func list(
        _ path: String? = nil, _ options: [String]
    ) throws(TransportError) -> [Item]? {
        let arguments = ["lsjson", "--no-mimetype", "--links"] + options + [target(path)]
        guard case .done(let output) = try ask(arguments) else { return nil }
        return try decode([Item].self, output)
    }

    func decode<Value: Decodable>(
        _ type: Value.Type, _ output: ProcessOutput
    ) throws(TransportError) -> Value {
        do { return try JSONValue.decode(type, from: output.standardOutput) } catch {
            throw .failed("rclone printed something else than expected: \(error)")
        }
    }
}
