import Posix
import Processes
import Testing

/// Values of axes as they are in the names of files.
struct VerbatimNameTests {
    private static func definition(_ matrix: String, _ more: String = "") -> String {
        """
        project: p
        stages:
          compile:
            names: verbatim
            units:
              pair: { matrix: { \(matrix) }, command: "cp in.txt {output}", inputs: in.txt, outputs: "out/{pair}.txt" }
              read: { matrix: { \(matrix) }, command: "cp {input} {output}", inputs: "out/{pair}.txt", outputs: "read/{pair}.txt" }
        \(more)
        """
    }

    @Test("A27: with `names: verbatim` the file has the name that the site looks for")
    func names() throws {
        let pairs = ["CD94:NKG2A", "a b", "it's; \\\"x\\\"", "50%", "[x]*?", "é"]
        let list = pairs.map { "\"\($0)\"" }.joined(separator: ", ")
        let project = try UnitProject(Self.definition("pair: [\(list)]"))
        try project.write("in.txt", "x\n")
        let run = try project.run()
        #expect(run.ran.count == 12, "\(run.standardError)")
        for pair in pairs {
            let name = pair.replacing("\\", with: "")
            #expect(try project.text("out/\(name).txt") == "x\n", "\(name)")
            #expect(try project.text("read/\(name).txt") == "x\n", "\(name)")
        }
        #expect(try project.run().ran.isEmpty)
    }

    @Test("A27: without it the name is encoded, as before")
    func encoded() throws {
        let project = try UnitProject(
            Self.definition("pair: [\"CD94:NKG2A\"]").replacing("    names: verbatim\n", with: ""))
        try project.write("in.txt", "x\n")
        #expect(try project.run().ran.count == 2)
        #expect(try project.exists("out/CD94%3ANKG2A.txt"))
    }

    @Test(
        "A27: what no file system holds is refused, and so are two values of one name",
        arguments: [
            ("\"a/b\"", "holds a slash", Int32(2)), ("\"a\\0b\"", "holds a zero byte", 2),
            ("\"\"", "is empty", 2), ("1, \"1\"", "would both write", 2),
            ("\"\(String(repeating: "x", count: 252))\"", "at most 255", 1),
        ])
    func refused(values: String, expected: String, exit: Int32) throws {
        let project = try UnitProject(Self.definition("pair: [\(values)]"))
        try project.write("in.txt", "x\n")
        let run = try project.run()
        #expect(run.exit == .exited(exit), "\(run.standardError)")
        let text = run.standardError + run.events.compactMap(\.message).joined()
        #expect(text.contains(expected), "\(text)")
    }

    @Test("A27: dots alone are no name")
    func dots() throws {
        let project = try UnitProject(
            Self.definition("pair: [\"..\"]").replacing("{pair}.txt", with: "{pair}"))
        try project.write("in.txt", "x\n")
        let run = try project.run()
        #expect(run.exit == .exited(1))
        #expect(run.events.compactMap(\.message).joined().contains("no name of a file"))
        #expect(try !project.exists("../out"))
    }
}
