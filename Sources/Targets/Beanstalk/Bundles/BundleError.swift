package import Failures
package import Posix

/// Why there is no bundle.
package enum BundleError: Explained, Equatable {
    case badSetting(name: String, value: String, reason: String)
    case badFilePath(String, reason: String)
    case noFolder(String)
    case missingFile(folder: String, path: String)
    case tooLarge(bytes: Int64, biggest: [String])
    case tooManyFiles(Int)
    case changed(path: String)
    case file(PosixError)

    package var description: String { failure.text }

    package var failure: Failure {
        switch self {
        case .badSetting(let name, let value, let reason):
            Failure(
                "bundle-setting", "the \(name) \"\(value)\" cannot be deployed", cause: reason,
                next: "correct it in the environment's file")
        case .badFilePath(let path, let reason):
            Failure(
                "bundle-file-path",
                "the file \"\(path)\" of the data cannot be checked on an instance", cause: reason,
                next: "rename it")
        case .noFolder(let path):
            Failure(
                "bundle-no-folder", "there is no folder \"\(path)\" with the Beanstalk files",
                next: "create it, or name another one in the environment's file")
        case .missingFile(let folder, let path):
            Failure(
                "bundle-file-missing", "\"\(path)\" is not a file in \"\(folder)\"",
                cause: "the bundle shall hold it",
                next: "correct its name in the environment's file")
        case .tooLarge(let bytes, let biggest):
            Failure(
                "bundle-too-large",
                "the bundle would have \(bytes) bytes, and Beanstalk takes at most \(ZipArchive.maximumBytes)",
                next: "leave out files; the biggest are " + biggest.joined(separator: ", "))
        case .tooManyFiles(let count):
            Failure(
                "bundle-too-many-files",
                "the bundle would hold \(count) files, and a zip file holds at most \(ZipArchive.maximumEntries)",
                next: "leave out files")
        case .changed(let path):
            Failure(
                "bundle-file-changed", "\"\(path)\" changed while the bundle was written",
                next: "see that nothing writes it", run: .again)
        case .file(let error): error.failure
        }
    }
}

/// Does something to files; what the system says against it is a `BundleError`.
func onDisk<Value>(
    _ body: () throws(PosixError) -> Value
) throws(BundleError) -> Value {
    do { return try body() } catch { throw .file(error) }
}
