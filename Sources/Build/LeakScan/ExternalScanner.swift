import JSON
import Posix
package import Processes
import Texts

/// A scanner that the user has, and that looks at the files as well. It never stands in for the gate's own rules.
package enum ExternalScanner: String, CaseIterable, Sendable {
    case gitleaks
    case trufflehog
    case detectSecrets = "detect-secrets"

    /// The answer to the question for its version, which decides what it finds.
    ///
    /// - Throws: `LeakError.scanner` where it is not installed or does not work.
    package func version(cancel: Cancellation?) throws -> String {
        let words = self == .gitleaks ? [rawValue, "version"] : [rawValue, "--version"]
        let output = try run(words, in: nil, cancel)
        let text = output.standardOutputText + output.standardErrorText
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// What it finds in a folder.
    ///
    /// - Throws: `LeakError.scanner` where it fails, or answers what cannot be read.
    ///
    /// - Parameter program: by name or path.
    package func findings(
        in folder: String, cancel: Cancellation?, program: String? = nil
    ) throws -> [LeakFinding] {
        let report = "\(folder).json"
        defer { try? FileSystem.remove(report) }  // try?: ours, beside our folder; made again
        let words = [program ?? rawValue] + arguments(report).dropFirst()
        let output = try run(words, in: folder, cancel)
        let bytes: [UInt8]
        if self == .gitleaks {
            guard try FileSystem.status(report) != nil else {
                throw LeakError.scanner(rawValue, "it wrote no report")
            }
            bytes = try FileSystem.read(report)
        } else {
            guard !output.outputWasCut else {
                throw LeakError.scanner(rawValue, "its answer is too long")
            }
            bytes = output.standardOutput
        }
        do { return try decode(bytes) } catch {
            throw LeakError.scanner(rawValue, "its answer cannot be read: \(error)")
        }
    }

    /// None of them is asked to print or to try what it finds.
    func arguments(_ report: String) -> [String] {
        switch self {
        case .gitleaks:
            [
                rawValue, "detect", "--no-git", "--source", ".", "--redact", "--no-banner",
                "--exit-code", "0",
                "--report-format", "json", "--report-path", report,
            ]
        case .trufflehog:
            [rawValue, "filesystem", ".", "--json", "--no-update", "--no-verification"]
        case .detectSecrets: [rawValue, "scan", "--all-files", "--no-verify", "."]
        }
    }

    private func run(
        _ words: [String], in folder: String?, _ cancel: Cancellation?
    ) throws -> ProcessOutput {
        let output: ProcessOutput
        do {
            output = try ProcessRunner.run(
                ProcessCommand(words, directory: folder), outputLimit: 256 << 20, timeout: 3600,
                grace: 1,
                cancel: cancel)
        } catch {
            switch error {
            case .executableNotFound: throw LeakError.scanner(rawValue, "it is not installed")
            case .timedOut(let seconds):
                throw LeakError.scanner(rawValue, "it did not end within \(Int(seconds)) s")
            default: throw error
            }
        }
        guard output.exit.isSuccess else {
            let line = output.standardErrorText.split(whereSeparator: \.isNewline).last ?? ""
            throw LeakError.scanner(rawValue, "\(output.exit)\(line.isEmpty ? "" : ": \(line)")")
        }
        return output
    }

    private func decode(_ bytes: [UInt8]) throws -> [LeakFinding] {
        switch self {
        case .gitleaks:
            struct Entry: Decodable {
                let rule: String
                let file: String
                let line: Int?
                enum CodingKeys: String, CodingKey {
                    case rule = "RuleID"
                    case file = "File"
                    case line = "StartLine"
                }
            }
            return try JSONValue.decode([Entry]?.self, from: bytes)?
                .map { finding($0.file, $0.rule, $0.line) } ?? []
        case .trufflehog:
            struct Entry: Decodable {
                struct Metadata: Decodable {
                    struct Inner: Decodable {
                        let filesystem: Place
                        enum CodingKeys: String, CodingKey { case filesystem = "Filesystem" }
                    }
                    struct Place: Decodable {
                        let file: String
                        let line: Int?
                    }
                    let data: Inner
                    enum CodingKeys: String, CodingKey { case data = "Data" }
                }
                let metadata: Metadata
                let detector: String
                enum CodingKeys: String, CodingKey {
                    case metadata = "SourceMetadata"
                    case detector = "DetectorName"
                }
            }
            return try bytes.split(separator: 0x0A).map { line in
                let entry = try JSONValue.decode(Entry.self, from: line)
                let place = entry.metadata.data.filesystem
                return finding(place.file, entry.detector, place.line)
            }
        case .detectSecrets:
            struct Answer: Decodable {
                struct Entry: Decodable {
                    let type: String
                    let line: Int?
                    enum CodingKeys: String, CodingKey {
                        case type
                        case line = "line_number"
                    }
                }
                let results: [String: [Entry]]
            }
            return try JSONValue.decode(Answer.self, from: bytes).results
                .sorted { $0.key < $1.key }
                .flatMap { path, entries in entries.map { finding(path, $0.type, $0.line) } }
        }
    }

    /// `./layer-3f2a…/app/x.py` is file `app/x.py` of that layer.
    private func finding(_ path: String, _ kind: String, _ line: Int?) -> LeakFinding {
        let parts = path.split(separator: "/").drop { $0 == "." }
        let place = String(parts.first ?? "").replacing("layer-", with: "layer ")
        return LeakFinding(
            rule: .scanner, place: place, path: parts.dropFirst().joined(separator: "/"),
            detail: "\(rawValue): \(kind)" + (line.map { ", line \($0)" } ?? ""))
    }
}
