import ProjectScaffold
import Testing

/// From what a traced command opened to the keys of its stage.
@Suite struct TraceTests {
    @Test("programs are code, whole folders are patterns, what is no content is left out")
    func files() {
        let data = (1...5).map { "raw/\($0).csv" }
        let made = (1...4).map { "out/\($0).feather" } + ["out/done"]
        let read =
            data + [
                "viz/data.py", "viz/figures.py", "viz/__pycache__/figures.pyc", "other/a.csv",
                ".pipeline/x", "pipeline/pipeline.yaml", ".env", "out/1.feather", "raw/odd{1}.txt",
                "gone.txt",
            ]
        let present = read.filter { $0 != "gone.txt" } + made + ["other/b.csv"]
        let files = TracedFiles(
            read: read, written: made, present: present, command: ["python3", "viz/data.py"])
        #expect(files.inputs == ["other/a.csv", "raw/*.csv"])
        #expect(files.code == ["viz/figures.py"])
        #expect(files.outputs == ["out/*.feather", "out/done"])
        #expect(files.left == [".env", "raw/odd{1}.txt"])
    }

    private static let text = """
        project: p
        stages:
          # What makes the data.
          compile:
            kind: run
            command: [sh, make.sh]
            inputs: [a,
              b]   # both

            # Of the site.
            outputs: out/x
          sync:
            kind: sync
            data: out

        """

    @Test("keys are replaced where they stand, added at the end, and taken out")
    func edit() throws {
        let new = try StageEdit.replacing(
            [("inputs", ["c", "d e"]), ("code", ["f.py"]), ("outputs", [])], of: "compile",
            in: Self.text)
        #expect(
            new == """
                project: p
                stages:
                  # What makes the data.
                  compile:
                    kind: run
                    command: [sh, make.sh]
                    inputs: [c, "d e"]

                    # Of the site.
                    code: [f.py]
                  sync:
                    kind: sync
                    data: out

                """)
        let last = try StageEdit.replacing([("needs", ["compile"])], of: "sync", in: Self.text)
        #expect(last?.hasSuffix("    data: out\n    needs: [compile]\n") == true, "\(last ?? "")")
    }

    @Test("a stage on one line, or none of the name, is not edited")
    func refused() throws {
        let text = "project: p\nstages:\n  a: { kind: run, command: x }\n"
        #expect(try StageEdit.replacing([("inputs", ["c"])], of: "a", in: text) == nil)
        #expect(try StageEdit.replacing([("inputs", ["c"])], of: "b", in: text) == nil)
    }
}
