import YAML

/// A Quarto or bookdown project: what it renders, from which files (https://quarto.org/docs/projects/quarto-projects.html).
struct QuartoFacts {
    /// The stage that renders it; nil where the text is no such project.
    let program: Program?
    /// Where the pages come to lie.
    let output: String?

    init(path: String, text: String, programs: [Program]) {
        let folder = Path.parent(path)
        guard let document = try? YAML.parse(text),  // try?: proposes nothing
            document["project"]?.mapping != nil
        else {
            program = nil
            output = nil
            return
        }
        let kind = document["project"]?["type"]?.text ?? "default"
        let usual = ["website": "_site", "book": "_book", "manuscript": "_manuscript"][kind]
        guard let output = document["project"]?["output-dir"]?.text ?? usual else {
            program = nil
            self.output = nil
            return
        }
        let inside = Path.join(folder, output)
        let pages = programs.filter { page in
            Path.isBelow(page.path, folder) && !Path.isWithin(page.path, inside)
                && (page.language == .quarto || page.language == .notebook)
        }
        var program = Program(path: path, language: .quarto)
        program.target = "render"
        program.folder = folder
        program.words = ["quarto", "render"]
        program.code = pages.map(\.path) + pages.flatMap(\.code)
        program.accesses = pages.flatMap { page in
            page.accesses.filter { [.read, .list].contains($0.action) && !$0.isPossible }
        }
        program.imports = pages.reduce(into: []) { $0.formUnion($1.imports) }
        program.accesses.append(
            Program.Access(.write, inside + "/{page}.html", file: path, line: 1))
        self.program = program
        self.output = inside
    }
}
