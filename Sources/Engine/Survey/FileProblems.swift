import Failures
import Posix

/// Why a file or a folder cannot be an input: each concerns the units that read it, and no others.
extension Failure {
    static func unreadable(_ error: PosixError) -> Failure {
        error.isTooManyLinks ? linkCircle(error.path ?? "a path") : error.failure
    }

    static func specialFile(_ path: String) -> Failure {
        Failure(
            "special-file",
            "\"\(path)\" is a pipe, a socket or a device: it has no content that could be compared",
            next: "remove it, or name the files in \"inputs\" that are read")
    }

    static func linkNowhere(_ path: String, target: String) -> Failure {
        Failure(
            "link-nowhere", "the link \"\(path)\" leads to \"\(target)\", which does not exist",
            next: "correct the link or remove it")
    }

    static func linkCircle(_ path: String) -> Failure {
        Failure(
            "link-circle", "the link \"\(path)\" leads in a circle",
            next: "remove it, or name the folders in \"inputs\" that are read")
    }

    static func linksNested(_ path: String) -> Failure {
        Failure(
            "link-circle", "\"\(path)\" lies behind too many links to folders",
            next: "name the folders in \"inputs\" that are read")
    }

    static func nameNotUTF8(_ path: String) -> Failure {
        Failure(
            "names-not-utf8",
            "this file name is not UTF-8, and EFS and S3 could not hold it: \(path)",
            next: "rename it")
    }

    static func twin(_ path: String) -> Failure {
        Failure(
            "name-twins",
            "beside this file stands another whose name differs only in how an accent is written: \(path)",
            next: "rename one of the two")
    }
}
