/// Files of this tool in a project: never content of an image, a preview, a data release or a unit.
package enum OwnFiles {
    /// - Parameter path: relative to the project.
    package static func isOwn(_ path: String) -> Bool {
        if path == Project.definitionPath { return true }
        if (path + "/").hasPrefix(Project.environmentsPath + "/") { return true }
        return path.split(separator: "/").contains { isState(String($0)) }
    }

    /// Whether a name is that of a folder or file in which the tool keeps its state: `.pipeline`, `.pipeline-aside-1`.
    package static func isState(_ name: String) -> Bool {
        name == Project.statePath || name.hasPrefix(Project.statePath + "-")
    }
}
