import Posix
import Processes
import Terminal

/// A zip file that is made of a folder or a file only to be sent: by Info-ZIP's `zip`, zip(1).
struct ZipMaking: ~Copyable {
    /// Where it lies until it is sent. What a killed command left here is removed by the next.
    let path: String
    private let folder: String

    /// - Parameter area: the project's own folder for what is on its way.
    init(of source: String, area: String, cancel: Cancellation) throws {
        let parts = source.utf8.split(separator: UInt8(ascii: "/")).map { String($0) ?? "" }
        let name = parts.last ?? "data"
        folder = "\(area)/zip"
        path = "\(folder)/\(name).zip"
        try FileSystem.removeTree(folder)
        try FileSystem.createDirectories(folder)
        do { try Self.zip(name, in: parts.dropLast(), to: path, cancel) } catch {
            try? FileSystem.removeTree(folder)
            throw error
        }
    }

    deinit { try? FileSystem.removeTree(folder) }

    private static func zip(
        _ name: String, in parents: ArraySlice<String>, to path: String, _ cancel: Cancellation
    ) throws {
        // Links stay links, so that nothing from outside the folder gets in.
        let command = ProcessCommand(
            ["zip", "-q", "-r", "-y", "-X", path, "--", name],
            directory: "/" + parents.joined(separator: "/"))
        let output: ProcessOutput
        do { output = try ProcessRunner.run(command, outputLimit: 1 << 16, cancel: cancel) } catch {
            if case .interrupted = error { throw error }
            throw ZipFailure(
                description: "--zip needs Info-ZIP's zip, which does not start (\(error)): "
                    + "apt-get install zip")
        }
        guard output.exit.isSuccess else {
            throw ZipFailure(
                description: "zip could not pack \"\(Format.escaped(name))\" (\(output.exit)): "
                    + Format.escaped(output.standardErrorText))
        }
    }
}

struct ZipFailure: Error, CustomStringConvertible {
    let description: String
}
