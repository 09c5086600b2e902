import Failures
import JSON
import Posix
package import Processes
import Texts

/// Whose segments count.
package enum ArchiveTrust: Hashable, Sendable {
    /// Those of everybody who can write to the place.
    case everybody
    /// Those with a signature of somebody who stands in this file (the form of ssh-keygen(1), "ALLOWED SIGNERS").
    case signers(file: String)
}

/// Signatures by `ssh-keygen -Y` (https://man.openbsd.org/ssh-keygen.1#Y): keys in files, in an agent and on tokens alike.
package struct SegmentSignatures: Sendable {
    package static let namespace = "pipeline-archive"

    let trust: ArchiveTrust
    /// The private key, or the public one of a key that an agent holds; nil where nothing is signed.
    let key: String?
    let cancel: Cancellation?
    /// Variables of ssh-keygen, such as the socket of an agent, beside those of this process.
    let environment: [String: String]

    package init(
        trust: ArchiveTrust, key: String?, cancel: Cancellation?,
        environment: [String: String] = [:]
    ) {
        self.environment = environment
        self.trust = trust
        self.key = key
        self.cancel = cancel
    }

    /// Whether a segment counts by a signature alone.
    package var areRequired: Bool { if case .signers = trust { true } else { false } }

    /// The signature of a file's content; nil where nothing is signed.
    ///
    /// - Throws: `ArchiveError.signing`.
    func sign(_ file: String) throws -> [UInt8]? {
        guard let key else { return nil }
        let output: ProcessOutput
        do {
            output = try run(["-Y", "sign", "-q", "-f", key, "-n", Self.namespace, file])
        } catch ProcessError.interrupted {
            throw ProcessError.interrupted
        } catch {
            throw ArchiveError.signing(reason: "\(error)")
        }
        guard output.exit.isSuccess else {
            throw ArchiveError.signing(reason: Self.lastLine(output.standardErrorText))
        }
        let signature = "\(file).sig"
        // ours: ssh-keygen has just made it beside our own file
        defer { try? FileSystem.remove(signature) }  // try?: cleared at the next start
        return try FileSystem.read(signature, limit: 1 << 16)
    }

    /// Who has signed these bytes.
    enum Verification: Hashable {
        case signed(by: String)
        /// Why the signature does not count.
        case refused(String)
    }

    /// A line of the file of signers may have `valid-after` and `valid-before`: they go by the time at which the segment tells that it
    /// was made, in UTC on every machine.
    ///
    /// - Parameters:
    ///   - signature: nil where there is none.
    ///   - folder: of the caller's own, for a file.
    func check(_ bytes: [UInt8], _ signature: [UInt8]?, in folder: String) throws -> Verification {
        guard case .signers(let allowed) = trust else { return .signed(by: "") }
        guard let signature else { return .refused("it has no signature") }
        let file = "\(folder)/signature"
        try FileSystem.writeAtomically(signature, to: file, mode: 0o600)
        // ours: it was written above
        defer { try? FileSystem.remove(file) }  // try?: the folder is the caller's own
        // What is no segment is verified by the present time.
        let time = Self.madeMs(bytes).map { ["-Overify-time=\(Self.time($0))"] } ?? []  // see above
        let found = try run(["-Y", "find-principals"] + time + ["-s", file, "-f", allowed])
        guard found.exit.isSuccess,
            let principal = found.standardOutputText.split(whereSeparator: \.isNewline).first
        else { return .refused("its key is not in \(allowed)") }
        let verified = try run(
            ["-Y", "verify"] + time + [
                "-f", allowed, "-I", String(principal), "-n", Self.namespace, "-s", file,
            ], input: bytes)
        guard verified.exit.isSuccess else {
            return .refused(
                "its signature does not hold (\(Self.lastLine(verified.standardErrorText)))")
        }
        return .signed(by: String(principal))
    }

    /// When a segment was made, by its head.
    private static func madeMs(_ bytes: [UInt8]) -> Int64? {
        let line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
        let head = try? JSONValue(parsing: line)  // try?: it is no segment
        return head?["made"]?.wholeNumber.map { max(0, min($0, 1 << 43)) }
    }

    /// As ssh-keygen reads it: `20260131235959`.
    private static func time(_ milliseconds: Int64) -> String {
        Timestamp(milliseconds: milliseconds).iso8601.filter(\.isNumber)
    }

    private func run(_ words: [String], input: [UInt8]? = nil) throws -> ProcessOutput {
        // Nobody is there to type a passphrase: a key that wants one is in an agent.
        try ProcessRunner.run(
            ProcessCommand(
                ["ssh-keygen"] + words,
                environment: environment.merging([
                    "SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force", "TZ": "UTC",
                ]) { $1 }),
            input: input, timeout: 60, cancel: cancel)
    }

    private static func lastLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "ssh-keygen failed"
    }
}
