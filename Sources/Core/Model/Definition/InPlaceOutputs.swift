package import Paths

/// Outputs that a command writes to their places by itself, as the definition has them: paths, folders or patterns.
package struct InPlaceTemplate: Sendable {
    package let outputs: [Template]
    /// Files by which the command sees that it has nothing left to do.
    package let markers: [Template]
    package let existing: ExistingOutputs
}

/// What becomes of outputs that are there when something has changed since they were made.
package enum ExistingOutputs: String, CaseIterable, Sendable {
    /// They are moved away before the command starts, which makes them again.
    case replace
    /// They stay where they are.
    case keep
}

/// The same for one unit, with every name filled in.
package struct InPlaceOutputs: Sendable, Hashable {
    package let outputs: [PathPattern]
    package let markers: [PathPattern]
    package let existing: ExistingOutputs

    package init(
        outputs: [PathPattern], markers: [PathPattern] = [], existing: ExistingOutputs = .replace
    ) {
        self.outputs = outputs
        self.markers = markers
        self.existing = existing
    }

    /// Whether a project-relative path is one of the outputs: a path or a pattern of a folder stands for all below it.
    package func holds(_ path: String) -> Bool {
        Self.matches(outputs, path) && !Self.matches(markers, path)
    }

    package func isMarker(_ path: String) -> Bool { Self.matches(markers, path) }

    private static func matches(_ patterns: [PathPattern], _ path: String) -> Bool {
        var walk = PatternWalk(patterns)
        let names = path.split(separator: "/").map(String.init)
        for name in names.dropLast() {
            guard walk.mayMatch else { return false }
            walk = walk.below(name)
        }
        return names.last.map { walk.matches($0) { _ in } } ?? false
    }
}
