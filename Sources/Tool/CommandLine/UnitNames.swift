import Failures
import Paths
import Spelling

/// The names of units, found as people type them: as they stand, with raw values of axes instead of
/// safe ones (`CD94:NKG2A` for `CD94%3ANKG2A`), and without the stage where that is clear.
struct UnitNames {
    let names: [String]

    func find(_ typed: String) -> String? {
        if names.contains(typed) { return typed }
        if let name = names.first(where: { Self.raw($0) == typed }) { return name }
        let endings = names.filter { name in
            [name, Self.raw(name)].contains { $0.hasSuffix("/" + typed) }
        }
        return endings.count == 1 ? endings[0] : nil
    }

    /// The units of a rule, or of a part of its matrix: `compile/circos`.
    func family(_ typed: String) -> [String] {
        names.filter { $0.hasPrefix(typed + "/") || Self.raw($0).hasPrefix(typed + "/") }
    }

    /// What `family` finds something for: every name without one or more of its last parts.
    var families: [String] {
        var families: Set<String> = []
        for name in names {
            families.formUnion(PathText.ancestors(name))
        }
        return families.sorted()
    }

    /// A unit's name with the values of its axes as they are.
    static func raw(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "%")) else { return name }
        var bytes: [UInt8] = []
        var rest = Substring(name).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Nothing has the name that was typed.
struct UnknownName: Explained {
    let typed: String
    /// What it may be: "stage, unit or output".
    let kinds: String
    let nearest: String?
    let advice: String

    init(_ typed: String, kinds: String, known: [String], advice: String) {
        self.typed = typed
        self.kinds = kinds
        nearest = Spelling.nearest(typed, among: known + known.map(UnitNames.raw))
        self.advice = advice
    }

    var description: String { failure.text }

    var failure: Failure {
        Failure(
            "no-such-name", "there is no \(kinds) \"\(typed)\"",
            next: nearest.map { "did you mean \"\($0)\"?" } ?? advice,
            run: nearest.map { .corrected(typed, to: $0) })
    }
}
