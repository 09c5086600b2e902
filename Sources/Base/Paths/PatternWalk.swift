/// Patterns asked along a walk through folders: each name costs one step, however long its path is.
///
/// A pattern that matches a folder stands for all below it. What `PathPattern.matches` says of a path
/// is what a walk along its names says.
package struct PatternWalk: Sendable {
    /// How far each pattern has come, by its index; a pattern that cannot match below is left out.
    private var open: [(pattern: Int, positions: [Int])]
    /// Whether a folder on the way here has matched.
    package private(set) var isInside = false
    private let patterns: [PathPattern]

    /// A walk that begins at the root of the project.
    package init(_ patterns: [PathPattern]) {
        self.patterns = patterns
        open = patterns.indices.map { ($0, Self.closure([0], patterns[$0].components)) }
    }

    package var isEmpty: Bool { patterns.isEmpty }

    /// Whether any name below may be matched.
    package var mayMatch: Bool { isInside || !open.isEmpty }

    /// Whether this name here is matched, by itself or since it lies below a folder that is.
    ///
    /// - Parameter found: called with the index of each pattern that matches the name itself.
    package func matches(_ name: String, found: (Int) -> Void) -> Bool {
        guard !open.isEmpty else { return isInside }
        var isMatch = isInside
        for (index, positions) in open {
            let components = patterns[index].components
            let ends = positions.contains { position in
                Self.step(components, position, name) { Self.canEnd(components, at: $0) }
            }
            if ends {
                isMatch = true
                found(index)
            }
        }
        return isMatch
    }

    /// Whether a pattern matches this name here by itself, whatever it lies in.
    package func matchesItself(_ name: String) -> Bool {
        guard !open.isEmpty else { return false }
        return open.contains { index, positions in
            let components = patterns[index].components
            return positions.contains { position in
                Self.step(components, position, name) { Self.canEnd(components, at: $0) }
            }
        }
    }

    /// Whether a pattern may match names below by themselves.
    package var isOpen: Bool { !open.isEmpty }

    /// The walk inside the folder of this name.
    package func below(_ name: String) -> PatternWalk {
        var walk = self
        walk.open = open.compactMap { index, positions in
            let components = patterns[index].components
            var next: [Int] = []
            for position in positions {
                _ = Self.step(components, position, name) {
                    next.append($0)
                    return false
                }
            }
            if next.contains(where: { Self.canEnd(components, at: $0) }) { walk.isInside = true }
            let reached = Self.closure(next, components).filter { $0 < components.count }
            return reached.isEmpty ? nil : (index, reached)
        }
        return walk
    }

    /// The position that a name leads to from this one, if any; whether `test` holds there.
    private static func step(
        _ components: [PathPattern.Component], _ position: Int, _ name: String,
        _ test: (Int) -> Bool
    ) -> Bool {
        switch components[position] {
        case .anyDepth: name.utf8.first != UInt8(ascii: ".") && test(position)
        case .literal(let literal): literal == name && test(position + 1)
        case .wild(let wild): wild.matches(name) && test(position + 1)
        }
    }

    /// Whether a path may end here: `**` stands for no component too.
    private static func canEnd(_ components: [PathPattern.Component], at position: Int) -> Bool {
        components[position...].allSatisfy { $0 == .anyDepth }
    }

    /// These positions and those that are reached where a `**` stands for nothing.
    private static func closure(
        _ positions: [Int], _ components: [PathPattern.Component]
    ) -> [Int] {
        var reached: [Int] = []
        for start in positions {
            var position = start
            while true {
                if !reached.contains(position) { reached.append(position) }
                guard position < components.count, components[position] == .anyDepth else { break }
                position += 1
            }
        }
        return reached.filter { $0 < components.count }
    }
}
