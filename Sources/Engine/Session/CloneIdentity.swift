package import Failures
import Posix

/// Tells this clone of a project from every other, also from one of the same path on a host of the same name: a
/// random id that is made once and kept in `.pipeline/clone-id`.
package enum CloneIdentity {
    package static let path = Project.statePath + "/clone-id"

    /// The id, which is made where there is none yet: 32 characters of 0-9a-f.
    ///
    /// Of two processes that make one at the same time both get the same.
    /// - Throws: `CloneIdentityError` where the file holds something else, `PosixError`.
    package static func id(at path: String = path) throws -> String {
        if let known = try existing(at: path) { return known }
        if path == Self.path { try FileSystem.createDirectories(Project.statePath, mode: 0o700) }
        let text = RandomID.plain()
        let staged = FileSystem.temporaryPath(beside: path)
        try FileSystem.writeAtomically(Array("\(text)\n".utf8), to: staged, mode: 0o600)
        defer { try? FileSystem.remove(staged) }  // try?: ours by its new name; never read
        // The first name wins: link(2) never replaces.
        do { try FileSystem.link(staged, at: path) } catch {
            guard try existing(at: path) != nil else { throw error }
        }
        guard let made = try existing(at: path) else {
            throw CloneIdentityError(path: path)
        }
        return made
    }

    /// Another id in the place of the one that is there, durably.
    package static func renew(at path: String) throws -> String {
        let text = RandomID.plain()
        try FileSystem.writeAtomically(Array("\(text)\n".utf8), to: path, mode: 0o600)
        return text
    }

    /// The id, nil where none was made yet. Changes nothing.
    package static func existing(at path: String = path) throws -> String? {
        guard try FileSystem.linkStatus(path) != nil else { return nil }
        let bytes = try FileSystem.read(path, limit: 256)
        let word = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let isWhole = bytes.last == UInt8(ascii: "\n") && word.count == 32
        guard isWhole, word.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
            throw CloneIdentityError(path: path)
        }
        return String(decoding: word, as: UTF8.self)
    }
}

/// The file that holds the id of this clone holds something else.
package struct CloneIdentityError: Explained, Hashable {
    package let path: String

    package var description: String { failure.text }

    package var failure: Failure {
        Failure(
            "clone-id", "\"\(path)\" does not hold the id of this clone",
            cause: "it was truncated or changed by hand",
            next: "remove it: a new id is made", run: .again)
    }
}
