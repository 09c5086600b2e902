package import Posix

/// Why there is no bundle.
package enum BundleError: Error, Equatable, CustomStringConvertible {
    case badSetting(name: String, value: String, reason: String)
    case badFilePath(String, reason: String)
    case noFolder(String)
    case missingFile(folder: String, path: String)
    case tooLarge(bytes: Int64, biggest: [String])
    case tooManyFiles(Int)
    case changed(path: String)
    case file(PosixError)

    package var description: String {
        switch self {
        case .badSetting(let name, let value, let reason):
            "the \(name) \"\(value)\" cannot be deployed: \(reason)"
        case .badFilePath(let path, let reason):
            "the file \"\(path)\" of the data cannot be checked on an instance: \(reason)"
        case .noFolder(let path):
            "there is no folder \"\(path)\" with the Beanstalk files: create it, or name another one"
        case .missingFile(let folder, let path):
            "\"\(path)\" is not a file in \"\(folder)\": the bundle shall hold it; correct its name"
        case .tooLarge(let bytes, let biggest):
            "the bundle would have \(bytes) bytes, and Beanstalk takes at most "
                + "\(ZipArchive.maximumBytes): leave out files; the biggest are "
                + biggest.joined(separator: ", ")
        case .tooManyFiles(let count):
            "the bundle would hold \(count) files, and a zip file holds at most "
                + "\(ZipArchive.maximumEntries): leave out files"
        case .changed(let path):
            "\"\(path)\" changed while the bundle was written: try again once nothing writes it"
        case .file(let error): "\(error)"
        }
    }
}

/// Does something to files; what the system says against it is a `BundleError`.
func onDisk<Value>(
    _ body: () throws(PosixError) -> Value
) throws(BundleError) -> Value {
    do { return try body() } catch { throw .file(error) }
}
