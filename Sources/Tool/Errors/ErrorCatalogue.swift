/// `docs/errors.md` by its entries: a heading of level 2 for a group, of level 3 for a code.
struct ErrorCatalogue {
    struct Entry {
        let code: String
        let group: String
        /// The entry without its heading.
        let text: String
    }

    let entries: [Entry]

    init(_ page: String) {
        var entries: [Entry] = []
        var group = ""
        var code: String?
        var lines: [Substring] = []
        func close() {
            guard let done = code else { return }
            let text = lines.drop(while: \.isEmpty).reversed().drop(while: \.isEmpty).reversed()
            entries.append(
                Entry(code: done, group: group, text: text.joined(separator: "\n")))
            code = nil
        }
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") {
                close()
                group = String(line.dropFirst(3))
            } else if line.hasPrefix("### ") {
                close()
                code = String(line.dropFirst(4))
                lines = []
            } else {
                lines.append(line)
            }
        }
        close()
        self.entries = entries
    }

    /// Names that codes had before, with those that they have now.
    static let former = ["slurm-alone": "task-alone"]

    /// - Parameter code: also one that has another name now.
    func entry(_ code: String) -> Entry? {
        let name = Self.former[code] ?? code
        return entries.first { $0.code == name }
    }

    /// The page as it was when the program was built: `errors.md` beside this file leads to it.
    static var embedded: ErrorCatalogue {
        ErrorCatalogue(String(decoding: PackageResources.errors_md, as: UTF8.self))
    }
}
