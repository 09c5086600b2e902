package import Posix

/// What is in the file system where the links are to be, as far as it matters.
package struct LinkTarget: Sendable {
    package enum State: Hashable, Sendable {
        case file
        case folder
        /// A symbolic link with its text.
        case link(String)
        /// A device, pipe or socket.
        case other
    }

    /// A link into the source whose file there is gone.
    package struct Dangling: Hashable, Sendable {
        package let path: [UInt8]
        package let text: String

        package init(path: [UInt8], text: String) {
            self.path = path
            self.text = text
        }
    }

    /// Its real path, absolute.
    package let root: String
    /// What is at the paths of the source; nothing where a path is absent.
    package var states: [[UInt8]: State]
    package var dangling: [Dangling]
    /// Links and folders that a killed run was about to rename.
    package var leftovers: [[UInt8]]
    /// All links that lead into the source.
    package var linksIntoSource: Int
    /// Folders that could not be looked into, and why.
    package var unread: [String: PosixError]

    package init(
        root: String, states: [[UInt8]: State] = [:], dangling: [Dangling] = [],
        leftovers: [[UInt8]] = [], linksIntoSource: Int = 0, unread: [String: PosixError] = [:]
    ) {
        self.root = root
        self.states = states
        self.dangling = dangling
        self.leftovers = leftovers
        self.linksIntoSource = linksIntoSource
        self.unread = unread
    }

    /// The beginning of the names of what is about to be renamed.
    static let asidePrefix = "\(FileSystem.asidePrefix)link-"
}
