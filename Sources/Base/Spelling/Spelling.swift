/// Guesses what somebody meant to write.
package enum Spelling {
    /// The candidate nearest to a misspelt word, or `nil` when none is near enough to be meant.
    ///
    /// Near enough is one edit for every three characters of the longer word, and at least one, in
    /// which case differences of case do not count. Of two equally near, the first wins.
    package static func nearest(_ word: String, among candidates: [String]) -> String? {
        let written = Array(word.lowercased())
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let meant = Array(candidate.lowercased())
            let longer = max(written.count, meant.count)
            let limit = min(max(1, longer / 3), (best?.distance).map { $0 - 1 } ?? .max)
            // An edit that replaces all there is, is no resemblance.
            guard limit >= 0, abs(written.count - meant.count) <= limit, longer > limit else {
                continue
            }
            let distance = distance(written, meant)
            if distance <= limit, distance < longer { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// Damerau-Levenshtein distance in its restricted form (optimal string alignment): insertions,
    /// deletions, replacements and swaps of neighbours, no place edited twice.
    package static func distance(_ left: String, _ right: String) -> Int {
        distance(Array(left), Array(right))
    }

    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        // Rows of the table for the prefixes of `left` that are two, one and no characters shorter.
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            current.reserveCapacity(right.count + 1)
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var cost = min(
                    previous[column] + 1, current[column - 1] + 1,
                    previous[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2],
                    left[row - 2] == right[column - 1]
                {
                    cost = min(cost, beforePrevious[column - 2] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
