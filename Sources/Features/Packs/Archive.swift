import Posix
import Processes

/// Archives by their names, unpacked by Python's standard library: one program for all of them, and one
/// place where members that would be written elsewhere are refused.
enum Archive {
    private static let suffixes = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".zip"]

    /// The name of an archive without its suffix; nil for another file.
    static func stem(of name: String) -> String? {
        let lower = name.lowercased()
        guard let suffix = suffixes.first(where: { lower.hasSuffix($0) }),
            lower.utf8.count > suffix.utf8.count
        else { return nil }
        return String(name.dropLast(suffix.count))
    }

    /// python3(1), isolated from the environment and the current folder (`-I`).
    static func command(archive: String, folder: String) -> ProcessCommand {
        ProcessCommand(["python3", "-I", "-X", "utf8", "-", archive, folder])
    }

    /// Unpacks an archive into a folder that is empty. Nothing is written when a member is refused.
    static func unpack(
        _ archive: String, into folder: String, cancel: Cancellation?
    ) throws(PackError) {
        let output: ProcessOutput
        do {
            output = try ProcessRunner.run(
                command(archive: archive, folder: folder), input: PackageResources.unpack_py,
                cancel: cancel)
        } catch {
            throw PackError(error, tool: "python3", package: "python3")
        }
        if output.exit.isSuccess { return }
        let parts = output.standardOutput.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard output.exit == .exited(3), parts.count == 2 else {
            throw .toolFailed(
                tool: "python3", detail: ToolStream.detail(output.standardError, output.exit))
        }
        guard let reason = ArchiveRefusal(rawValue: parts[0]) else {
            throw .archiveDamaged(archive, detail: parts[1])
        }
        throw .archiveRefused(archive: archive, member: parts[1], reason)
    }

    /// The only thing in a folder, when it is a folder; else the folder itself. An archive mostly holds one
    /// folder of its own name, which would be one level too many in a pack.
    static func content(of folder: String) throws(PosixError) -> String {
        let entries = try FileSystem.entries(of: folder)
        guard entries.count == 1, entries[0].kind == .directory, entries[0].isValidUTF8 else {
            return folder
        }
        return "\(folder)/\(entries[0].name)"
    }
}
