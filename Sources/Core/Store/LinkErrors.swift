import Glibc
import Posix

extension PosixError {
    /// link(2): the name is taken.
    var isExisting: Bool { code == EEXIST }
    /// link(2): the other file system, or one that has no links, or too many of them.
    var isCrossDevice: Bool {
        code == EXDEV || code == EMLINK || code == EPERM || code == EOPNOTSUPP
    }
}
