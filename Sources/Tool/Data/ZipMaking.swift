import Failures
import Posix
import Processes

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
        // Ours: a folder of the project's own state.
        try FileSystem.removeTree(folder)
        try FileSystem.createDirectories(folder)
        do { try Self.zip(name, in: parts.dropLast(), to: path, cancel) } catch {
            try? FileSystem.removeTree(folder)  // try?: ours: see `init`; the next one clears it
            throw error
        }
    }

    deinit { try? FileSystem.removeTree(folder) }  // try?: ours: see `init`; as above

    private static func zip(
        _ name: String, in parents: ArraySlice<String>, to path: String, _ cancel: Cancellation
    ) throws {
        // Links stay links, so that nothing from outside the folder gets in.
        let command = ProcessCommand(
            ["zip", "-q", "-r", "-y", "-X", path, "--", name],
            directory: "/" + parents.joined(separator: "/"))
        let output: ProcessOutput
        do { output = try ProcessRunner.run(command, outputLimit: 1 << 16, cancel: cancel) } catch {
            if case .executableNotFound = error { throw ZipFailure.notInstalled }
            throw error
        }
        guard output.exit.isSuccess else {
            let said = (output.standardErrorText + "\n" + output.standardOutputText)
                .split(whereSeparator: \.isNewline).map(String.init)
            throw ZipFailure.failed(
                "/" + (parents + [name]).joined(separator: "/"), output.exit.description,
                said: said.suffix(8))
        }
    }
}

enum ZipFailure: Explained {
    case notInstalled
    case failed(String, String, said: [String])

    var description: String { failure.text }

    var failure: Failure {
        switch self {
        case .notInstalled:
            Failure(
                "zip-missing", "--zip needs Info-ZIP's program \"zip\", which was not found",
                next: "install it, or send the files as they are", run: "apt-get install zip")
        case .failed(let source, let exit, let said):
            Failure(
                "zip-failed", "zip could not pack \"\(source)\"; nothing was sent", cause: exit,
                said: said, next: "fix what it names, or leave out --zip", run: .again)
        }
    }
}
