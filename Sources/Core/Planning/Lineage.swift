/// What was ever made from a file, directly or by way of what was made from it: followed through records of what each
/// attempt read, the oldest first. Pure.
package struct Lineage {
    /// A content under a name.
    package struct Content: Hashable, Sendable {
        package let path: String
        /// Hexadecimal.
        package let digest: String

        package init(path: String, digest: String) {
            self.path = path
            self.digest = digest
        }
    }

    private let origin: String
    /// What was made from the origin, and from which contents of it.
    package private(set) var made: [Content: Set<String>] = [:]
    /// The units that made it.
    package private(set) var units: Set<String> = []

    /// - Parameter origin: a project-relative path.
    package init(from origin: String) { self.origin = origin }

    /// Attempts must be given in the order in which they were made.
    ///
    /// - Parameters:
    ///   - code: what nothing of the project makes, so that only the origin itself is looked for in it.
    ///   - outputs: what the attempt made.
    /// - Returns: from which contents of the origin it was made; none if from no content of it.
    @discardableResult
    package mutating func add(
        unit: String, inputs: ComponentSet, reads: ComponentSet, code: ComponentSet,
        outputs: [Content]
    ) -> Set<String> {
        var sources: Set<String> = []
        for set in [inputs, reads] {
            for entry in set.entries {
                if entry.name == origin { sources.insert(entry.value) }
                if made.isEmpty { continue }
                sources.formUnion(made[Content(path: entry.name, digest: entry.value)] ?? [])
            }
        }
        if let digest = code[origin] { sources.insert(digest) }
        guard !sources.isEmpty else { return [] }
        units.insert(unit)
        for output in outputs { made[output, default: []].formUnion(sources) }
        return sources
    }
}
