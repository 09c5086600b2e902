import ArchiveHistory
import Failures

extension Platform {
    /// Why a machine runs no unit that is not portable and was submitted on this one; nil where both are alike.
    func refusal(of other: Platform) -> Failure? {
        let differences = [
            ("C library", library, other.library),
            ("processor features", processor, other.processor),
        ].filter { $0.1 != $0.2 }
        guard !differences.isEmpty else { return nil }
        let words = differences.map { "\($0.0) \($0.2) instead of \($0.1)" }.joined(separator: ", ")
        return Failure(
            "task-platform",
            "this node differs from the machine that submits (\(words)), and the unit has \"portable: false\"",
            next:
                "choose nodes of the same kind, by \"partition\" or \"options\", or submit from a machine like them"
        )
    }
}
