import Posix
import Processes
import Testing

/// Names and outputs from outside reach a terminal as text and as nothing else.
struct HostileNameTests {
    /// Clears the screen, names the window, begins a line of its own, and turns the direction of writing.
    private static let evil = "a\u{1B}[2Jb\u{1B}]0;owned\u{07}c\nerror[fake]: d\u{202E}e\u{9B}1mf"

    /// Every sequence that is not one of the program's own: colours, and redrawing of its lines.
    private func foreign(_ text: String) -> [String] {
        var found: [String] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\u{1B}", rest.first == "[" {
                let body = rest.dropFirst().prefix { !(0x40...0x7E).contains($0.value) }
                let end = rest.dropFirst(1 + body.count).first
                rest = rest.dropFirst(2 + body.count)
                let isOwn =
                    end == "m" || end == "K" || end == "A"
                    || end == "J" && body.isEmpty
                    || (end == "l" || end == "h") && body.starts(with: "?25".unicodeScalars)
                if !isOwn { found.append("ESC[\(String(body))\(end.map(String.init) ?? "")") }
            } else if scalar.properties.generalCategory == .control, scalar != "\n", scalar != "\r",
                scalar != "\t"
            {
                found.append("U+\(String(scalar.value, radix: 16))")
            } else if (0x202A...0x202E).contains(scalar.value) {
                found.append("U+\(String(scalar.value, radix: 16))")
            }
        }
        return found
    }

    private func project() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  say:
                    matrix: { name: ["a\\e[2Jb", "c\\e]0;owned\\ad", "e\\u202Ef", "g\\nh"] }
                    command: [sh, -c, 'printf "\\033[2J\\033]0;owned\\007\\033[31mred\\r10%%\\r20%%\\n" >&2; exit 3', "{name}"]
                    outputs: "out/{name}"
                  take: { command: "false", inputs: "raw/*", outputs: taken }
              sync: { kind: sync, data: [data] }
            """)
        try project.write("raw/\(Self.evil.replacing("/", with: "_"))", "x")
        try project.write("data/\(Self.evil)", "x")
        try project.write(
            "pipeline/environments/here.yaml", "kind: data\ndata: { root: .pipeline/slots }\n")
        return project
    }

    @Test(
        "D36, Security 6: hostile names and outputs move no cursor and name no window",
        arguments: [
            "run", "run compile --verbose", "plan --units", "status", "logs --list", "logs",
            "logs compile",
            "why compile/take", "why compile", "graph", "graph --format mermaid", "run sync",
            "data files",
            "data list -r -e here", "data list -r EVIL -e here", "run EVIL", "why EVIL",
            "logs EVIL",
            "EVIL", "run --EVIL", "run --jobs EVIL", "run -e EVIL sync",
            "data put EVIL there -e here",
            "data pack EVIL", "data link EVIL there", "config pull EVIL x --from EVIL",
            "explain EVIL",
            "plan --project EVIL", "verify", "gc", "releases", "rollback -e EVIL",
            "data remove EVIL -e here",
        ])
    func terminal(_ line: String) throws {
        let project = try project()
        _ = try project.tool("run", "compile")
        _ = try project.tool("run", "sync")
        let words = line.split(separator: " ").map {
            "'" + $0.replacing("EVIL", with: Self.evil) + "'"
        }
        let shown = try ErrorTests.onTerminal(
            ([UnitProject.tool] + words).joined(separator: " "), project)
        #expect(!shown.isEmpty)
        #expect(foreign(shown) == [], "\(shown.debugDescription)")
        #expect(!shown.contains("\nerror[fake]"), "\(shown.debugDescription)")
    }

    @Test("what programs drew over itself is shown as it was last, and their colours as text")
    func tail() throws {
        let project = try project()
        let output = try project.tool("run", "compile")
        #expect(output.exit == .exited(1))
        #expect(output.standardErrorText.contains("  │ 20%\n"), "\(output.standardErrorText)")
        #expect(foreign(output.standardErrorText) == [])
        // Into a pipe a log goes as it is.
        #expect(try project.tool("logs", "compile").standardOutputText.contains("\u{1B}[31mred"))
    }
}
