/// A piece of a pattern with wildcards.
enum WildcardToken: Hashable, Sendable {
    /// This scalar; `isEscaped` when a backslash stood before it.
    case scalar(Unicode.Scalar, isEscaped: Bool)
    /// `?`: one scalar, not a slash.
    case one
    /// `*`: any number of scalars, no slash among them.
    case name
    /// `**` at the end: anything.
    case anything
    /// `**` or `**/` before more: nothing, or anything up to and including a slash.
    /// Always followed by `.foldersInside`.
    case foldersBegin
    case foldersInside
    /// `[a-z]`, `[^a-z]`; a negated one matches a slash too.
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    /// A bare `^`, which Docker hands to its regular expressions: only ever true at the start.
    case start

    /// The scalar of a piece that needs no wildcard matching.
    var plainScalar: Unicode.Scalar? {
        switch self {
        case .scalar(let scalar, isEscaped: false): scalar
        case .start: "^"
        default: nil
        }
    }

    /// The piece needs nothing, so matching may go on after it.
    func canBeEmpty(at position: Int) -> Bool {
        switch self {
        case .name, .anything, .foldersBegin: true
        case .start: position == 0
        default: false
        }
    }

    /// Whether the piece takes this scalar; `stays` when it may take more.
    func takes(_ scalar: Unicode.Scalar) -> (leaves: Bool, stays: Bool) {
        switch self {
        case .scalar(let wanted, _): (scalar == wanted, false)
        case .one: (scalar != "/", false)
        case .name: (false, scalar != "/")
        // In Docker's regular expressions `.` is everything but a newline.
        case .anything: (false, scalar != "\n")
        case .foldersInside: (scalar == "/", scalar != "\n")
        case .set(let ranges, let isNegated):
            (ranges.contains { $0.contains(scalar) } != isNegated, false)
        case .foldersBegin, .start: (false, false)
        }
    }
}
