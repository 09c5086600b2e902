package import Paths

/// What a stage of kind sync says: which of the project's files make the data release.
package struct SyncStage: Sendable {
    /// Folders whose files make the data release.
    package let data: [String]
    /// Only files that one of these matches, or that lie below a folder that one matches; all where
    /// there are none.
    package let include: [PathPattern]
    /// Not these, whatever is included.
    package let exclude: [PathPattern]
    package let symlinks: SymlinkPolicy

    package init(
        data: [String], include: [PathPattern] = [], exclude: [PathPattern] = [],
        symlinks: SymlinkPolicy = .follow
    ) {
        self.data = data
        self.include = include
        self.exclude = exclude
        self.symlinks = symlinks
    }
}

/// What becomes of symbolic links in the data.
package enum SymlinkPolicy: String, CaseIterable, Sendable {
    /// What a link leads to is sent under the link's name, if it lies in the data folders of the stage.
    case follow
    /// A link stops the release.
    case refuse
    /// Links stay behind, and are listed.
    case leave
}
