import YAML

/// Folders outside of the project that inputs may lie in. The definition names each once; an input names the root alone,
/// `roots:raw/cells.h5ad`, and so does everything that is recorded of it.
package enum Roots {
    /// Where a project keeps a link to each root, under the root's name.
    package static let folder = ".pipeline/roots"
    static let prefix = "roots:"

    /// The path in the project that stands for one below a root; nil for any other path.
    static func path(_ text: String) -> (root: String, path: String)? {
        guard text.hasPrefix(prefix) else { return nil }
        let rest = text.dropFirst(prefix.count)
        return (String(rest.prefix { $0 != "/" }), "\(folder)/\(rest)")
    }

    /// Reads `roots`, each an absolute path.
    static func read(_ node: Node?, _ validator: inout SchemaValidator) -> [String: String] {
        var roots: [String: String] = [:]
        for (key, value) in node?.mapping ?? [] {
            guard let name = key.string, let path = value.string else { continue }
            let isPlain =
                !name.isEmpty && !name.hasPrefix("-")
                && name.unicodeScalars.allSatisfy {
                    ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
                }
            if !isPlain {
                validator.report(
                    key, "a root's name \"\(name)\" must be made of a-z, 0-9, - and _",
                    code: "bad-name", advice: "inputs name it: roots:NAME/path")
            }
            guard checkVariables(value, &validator) else { continue }
            guard path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
                validator.report(
                    value, "the root \"\(name)\" is no absolute path", code: "bad-path",
                    advice: "write it like /data/lab/raw; a folder of the project needs no root")
                continue
            }
            roots[name] = path
        }
        return roots
    }
}
