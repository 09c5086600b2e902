import Glibc

extension FileSystem {
    /// Makes a folder the one that relative paths of this process count from (chdir(2)).
    package static func changeDirectory(_ path: String) throws(PosixError) {
        _ = try systemCall("chdir", path) { chdir(path) }
    }
}
