/// A pattern over one name of a path: `*`, `?`, and sets such as `[a-z]` or `[!x]` (glob(7)). `?` and a set stand for one
/// character, and not for one of its bytes.
package struct NamePattern: Hashable, Sendable {
    package struct Options: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// A leading dot is matched only by a pattern that begins with one.
        package static let hidesDots = Options(rawValue: 1)
        /// A backslash takes what follows as it is, and `^` too negates a set (gitignore(5)).
        package static let escapes = Options(rawValue: 2)
        /// `?` and `[` are characters like others.
        package static let onlyAsterisk = Options(rawValue: 4)
    }

    private enum Part: Hashable, Sendable {
        case any
        case one
        case scalar(Unicode.Scalar)
        case set([ClosedRange<UInt32>], isNegated: Bool)
    }

    private let parts: [Part]
    private let hidesDots: Bool

    package init(_ text: some StringProtocol, _ options: Options = []) {
        var reader = Reader(rest: Array(text.unicodeScalars)[...], options: options)
        parts = reader.parts()
        hidesDots = options.contains(.hidesDots) && parts.first != .scalar(".")
    }

    package func matches(_ name: some StringProtocol) -> Bool {
        let scalars = name.unicodeScalars
        if hidesDots, scalars.first == "." { return false }
        // One point of return, for the last `*`: linear for all practical patterns.
        var position = 0
        var index = scalars.startIndex
        var star: (position: Int, index: String.UnicodeScalarView.Index)?
        while index < scalars.endIndex {
            if position < parts.count, case .any = parts[position] {
                star = (position, index)
                position += 1
            } else if position < parts.count, takes(parts[position], scalars[index]) {
                position += 1
                index = scalars.index(after: index)
            } else if let last = star {
                index = scalars.index(after: last.index)
                star = (last.position, index)
                position = last.position + 1
            } else {
                return false
            }
        }
        return parts[position...].allSatisfy { $0 == .any }
    }

    private func takes(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .any: false
        case .one: true
        case .scalar(let wanted): wanted == scalar
        case .set(let ranges, let isNegated):
            ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }

    private struct Reader {
        var rest: ArraySlice<Unicode.Scalar>
        let options: Options

        mutating func parts() -> [Part] {
            var parts: [Part] = []
            while let scalar = rest.popFirst() {
                switch scalar {
                case "*": if parts.last != .any { parts.append(.any) }
                case "?" where !options.contains(.onlyAsterisk): parts.append(.one)
                case "[" where !options.contains(.onlyAsterisk):
                    parts.append(set() ?? unfinished("["))
                case "\\" where options.contains(.escapes):
                    parts.append(rest.popFirst().map(Part.scalar) ?? unfinished("\\"))
                default: parts.append(.scalar(scalar))
                }
            }
            return parts
        }

        /// gitignore(5): such a pattern matches nothing.
        private func unfinished(_ scalar: Unicode.Scalar) -> Part {
            options.contains(.escapes) ? .set([], isNegated: false) : .scalar(scalar)
        }

        /// After `[`; nil, and nothing is taken, where no `]` ends it. A `]` that comes first is a member.
        private mutating func set() -> Part? {
            var left = rest
            var isNegated = false
            if left.first == "!" || left.first == "^" && options.contains(.escapes) {
                isNegated = true
                left.removeFirst()
            }
            var ranges: [ClosedRange<UInt32>] = []
            while let low = left.popFirst() {
                if low == "]", !ranges.isEmpty {
                    rest = left
                    return .set(ranges, isNegated: isNegated)
                }
                let next = left.prefix(2)
                if next.count == 2, next.first == "-", let high = next.last, high != "]",
                    low <= high
                {
                    ranges.append(low.value...high.value)
                    left = left.dropFirst(2)
                } else {
                    ranges.append(low.value...low.value)
                }
            }
            return nil
        }
    }
}
