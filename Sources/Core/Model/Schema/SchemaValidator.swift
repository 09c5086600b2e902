import Spelling
import YAML

/// Checks a YAML document against a schema and collects every finding.
///
/// After it has found nothing, a reader may rely on the shape of the document.
struct SchemaValidator {
    let file: String
    private(set) var diagnostics: [Diagnostic] = []

    init(file: String) {
        self.file = file
    }

    mutating func report(
        _ node: Node, _ message: String, code: String, advice: String? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                file: file, line: node.mark.line, column: node.mark.column, code: code,
                message: message, advice: advice))
    }

    mutating func check(_ node: Node, against schema: ObjectSchema, what: String) {
        guard let members = node.mapping else {
            report(
                node, "\(what) must be \(ValueType.object(schema).expectation)", code: "wrong-type")
            return
        }
        for (key, value) in members {
            guard let name = key.string else {
                report(key, "a key of \(what) must be a text", code: "wrong-type")
                continue
            }
            guard let known = schema.key(name) else {
                reportUnknown(key, name, in: schema, what: what)
                continue
            }
            check(value, is: known.type, what: "\"\(name)\"")
        }
        for key in schema.keys where key.isRequired && node[key.name] == nil {
            report(
                node, "\(what) has no \"\(key.name)\"", code: "missing-key",
                advice: "it is \(key.help)")
        }
    }

    mutating func reportUnknown(
        _ key: Node, _ name: String, in schema: ObjectSchema, what: String
    ) {
        let names = schema.keys.map(\.name)
        let advice =
            Spelling.nearest(name, among: names).map { "did you mean \"\($0)\"?" }
            ?? "known here: " + names.joined(separator: ", ")
        report(key, "unknown key \"\(name)\" in \(what)", code: "unknown-key", advice: advice)
    }

    mutating func check(_ node: Node, is type: ValueType, what: String) {
        switch type {
        case .object(let schema):
            check(node, against: schema, what: what)
        case .map(let value):
            guard let members = node.mapping else { return mismatch(node, type, what) }
            for (key, member) in members {
                guard let name = key.string else {
                    report(key, "a name in \(what) must be a text", code: "wrong-type")
                    continue
                }
                check(member, is: value, what: "\"\(name)\"")
            }
        case .list(let element):
            guard let entries = node.sequence else { return mismatch(node, type, what) }
            for entry in entries { check(entry, is: element, what: "an entry of \(what)") }
        case .oneOrMore(let element):
            check(node, is: node.sequence == nil ? element : .list(element), what: what)
        case .either(let types):
            let fitting = types.first { Self.hasShape(node, $0) }
            guard let fitting else { return mismatch(node, type, what) }
            check(node, is: fitting, what: what)
        default:
            if !Self.isScalar(node, type) { mismatch(node, type, what) }
        }
    }

    private mutating func mismatch(_ node: Node, _ type: ValueType, _ what: String) {
        var advice: String?
        if case .choice(let words) = type, let word = node.string {
            advice = Spelling.nearest(word, among: words).map { "did you mean \"\($0)\"?" }
        }
        report(node, "\(what) must be \(type.expectation)", code: "wrong-type", advice: advice)
    }

    static func hasShape(_ node: Node, _ type: ValueType) -> Bool {
        switch type {
        case .list: node.sequence != nil
        case .map, .object: node.mapping != nil
        default: node.sequence == nil && node.mapping == nil
        }
    }

    private static func isScalar(_ node: Node, _ type: ValueType) -> Bool {
        switch type {
        case .string: node.string != nil && node.parameterValue != nil
        case .integer(let range): node.int.map(range.contains) ?? false
        case .boolean: node.bool != nil
        case .duration: node.string.flatMap(Quantity.seconds) != nil
        case .size: node.string.flatMap(Quantity.bytes) != nil
        case .choice(let words): node.string.map(words.contains) ?? false
        case .scalar: node.parameterValue != nil
        default: false
        }
    }
}
