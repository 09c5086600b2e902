/// Matching by the set of places where a match may stand, so that no pattern takes exponential time.
enum WildcardMatch {
    static func matches(_ tokens: [WildcardToken], _ text: [Unicode.Scalar]) -> Bool {
        var places = [Bool](repeating: false, count: tokens.count + 1)
        places[0] = true
        skipEmpty(tokens, &places, position: 0)
        for (index, scalar) in text.enumerated() {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for place in tokens.indices where places[place] {
                let (leaves, stays) = tokens[place].takes(scalar)
                if leaves { next[place + 1] = true }
                if stays { next[place] = true }
            }
            skipEmpty(tokens, &next, position: index + 1)
            places = next
        }
        return places[tokens.count]
    }

    // Empty pieces only ever lead forwards, so one pass is enough.
    private static func skipEmpty(
        _ tokens: [WildcardToken], _ places: inout [Bool], position: Int
    ) {
        for place in tokens.indices where places[place] && tokens[place].canBeEmpty(at: position) {
            places[place + 1] = true
            if case .foldersBegin = tokens[place] { places[place + 2] = true }
        }
    }
}
