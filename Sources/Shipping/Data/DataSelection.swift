/// What of a stage's data folders makes the release, and what does not, each name with its reason.
package struct DataSelection: Sendable {
    /// Paths of files, relative to the project, folder by folder; no order beside that.
    package var files: [String] = []
    package var leftOut: [Name<Absence>] = []
    /// While there are any, nothing may be written.
    package var refused: [Name<Refusal>] = []
    /// What a person should know though nothing is wrong with it.
    package var notes: [String] = []

    package struct Name<Reason: Sendable>: Sendable {
        /// A name that is not UTF-8 has its bytes spelled out.
        package let path: String
        package let reason: Reason
    }

    /// Why something stays behind.
    package enum Absence: Hashable, Sendable {
        case excluded(by: String)
        case notIncluded
        case aside
        case own
        case emptyFolder
        case link
        case stale
        case missing

        package var text: String {
            switch self {
            case .excluded(let pattern): "excluded by \"\(pattern)\""
            case .notIncluded: "not included"
            case .aside: "a file of this tool that was never finished"
            case .own: "this tool's own"
            case .emptyFolder: "an empty folder: a release holds files"
            case .link: "a symbolic link"
            case .stale: "made by a unit that the definition no longer has"
            case .missing: "does not exist"
            }
        }
    }

    /// Why something cannot be part of any release.
    package enum Refusal: Hashable, Sendable {
        case notUTF8
        case twin(String, of: String)
        case special
        case tooLong(limit: Int)
        case reserved
        case link
        case linkOutside(target: String)
        case linkNowhere(target: String)
        case linkLoop(target: String)
        case linksNested(limit: Int)
        case unknown(String)

        package var text: String {
            switch self {
            case .notUTF8: "its name is not UTF-8, which EFS requires; rename it"
            case .twin(let name, let other):
                "\"\(name)\" differs from \"\(other)\" only in how an accent is written; "
                    + "rename one of the two"
            case .special: "a socket, pipe or device; remove or exclude it"
            case .tooLong(let limit):
                "its path has more than \(limit) bytes, too many for the target; shorten it"
            case .reserved: "its name is kept for this tool; rename it"
            case .link: "a symbolic link, and the stage says \"symlinks: refuse\""
            case .linkOutside(let target):
                "a link that leads out of the stage's data folders, to \"\(target)\"; "
                    + "copy the file, or exclude the link"
            case .linkNowhere(let target): "a link to \"\(target)\", which does not exist"
            case .linkLoop(let target): "a link in a circle, by \"\(target)\"; exclude it"
            case .linksNested(let limit):
                "it is reached through more than \(limit) links to folders; exclude some"
            case .unknown(let reason):
                "whether it is still what a unit made that the definition no longer has is unknown: \(reason)"
            }
        }
    }
}
