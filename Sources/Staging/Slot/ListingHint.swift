/// What a slot is likely to hold, so that a route over a network can ask for all of it at once. What is
/// there is found in any case.
package struct ListingHint: Hashable, Sendable {
    /// How many names are likely in each folder; nil stands for the top.
    package private(set) var names: [RelativePath?: Int] = [nil: 0]

    package init(_ paths: some Sequence<RelativePath> = []) {
        for path in paths { add(path) }
    }

    private mutating func add(_ path: RelativePath) {
        var path: RelativePath? = path
        while let name = path {
            let folder = name.folder
            let isKnown = names[folder] != nil
            names[folder, default: 0] += 1
            // A folder that is met for the first time is a name in the one above it.
            path = isKnown ? nil : folder
        }
    }
}
