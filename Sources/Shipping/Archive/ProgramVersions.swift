import Digests
import Paths
import PipelinePlanning
import Posix
import Processes
import Synchronization

/// What the interpreters that a project names among its code print as their version, each asked once. Two machines may have one
/// of the same version with other bytes.
final class ProgramVersions: Sendable {
    private let known = Mutex<[String: String?]>([:])
    /// Seconds that a program may take to answer.
    private static let timeout = 10.0

    /// The version that a program prints; nil for a file that is none, or does not answer.
    ///
    /// - Parameter path: project-relative. Only the programs of a Python environment of the project are asked: another clone may
    ///   have named the path.
    func version(of path: String) -> String? {
        guard Self.isOfEnvironment(path) else { return nil }
        if let known = known.withLock({ $0[path] }) { return known }
        let answer = Self.ask(path)
        known.withLock { $0[path] = .some(answer) }
        return answer
    }

    /// Whether it is `ENVIRONMENT/bin/NAME` of a Python environment (PEP 405) below the root.
    private static func isOfEnvironment(_ path: String) -> Bool {
        guard !path.hasPrefix("/"), !PathText.names(path).contains(".."),
            let folder = PathText.parent(path), PathText.name(folder) == "bin",
            let environment = PathText.parent(folder)
        else { return false }
        let mark = "\(environment)/pyvenv.cfg"
        return (try? FileSystem.status(mark)) ?? nil != nil  // try?: then it is not asked
    }

    private static func ask(_ path: String) -> String? {
        let output = try? ProcessRunner.run(  // try?: then it has no version
            ProcessCommand(["./\(path)", "--version"]), outputLimit: 1 << 12, timeout: timeout)
        guard let output, output.exit.isSuccess else { return nil }
        let text = (output.standardOutputText + output.standardErrorText)
            .split(whereSeparator: \.isNewline).first
        return text.map(String.init)
    }

    /// The versions of programs in a set of code, by the digests that the set has of them, as far as these are what lies there now.
    func versions(in code: ComponentSet) -> [Digest: String] {
        var found: [Digest: String] = [:]
        for entry in code.entries {
            guard let digest = Digest(hex: entry.value), let version = version(of: entry.name),
                let current = try? Digest.ofFile(entry.name),  // try?: then nothing is said of it
                current.digest == digest
            else { continue }
            found[digest] = version
        }
        return found
    }
}
