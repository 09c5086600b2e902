import Posix
import Processes
import Testing

/// Own state and credentials are no content, whatever an ignore file has.
struct OwnContentTests {
    @Test(
        "D95: state of the tool, its definition and staging folders leave data and inputs, without an ignore file"
    )
    func data() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                units:
                  all: { command: [sh, -c, 'printf "%s " "$@" > "$0"', "{output}", "{inputs}"], inputs: raw, outputs: out/list }
              sync: { kind: sync, needs: compile, data: [out] }
            """)
        for path in [
            "raw/a", "raw/.pipeline/x", "raw/.pipeline-aside-cluster/1/x",
            "raw/.pipeline-quarantine/1/b",
            "out/.pipeline/x", "out/.pipeline-quarantine/1/b", "out/c",
        ] { try project.write(path, "x") }
        try project.write(
            "pipeline/environments/local.yaml",
            "kind: data\ndata: { route: directory, root: places, slots: 2 }\n")
        #expect(try project.run("compile").ran == ["compile/all"])
        #expect(try project.text("out/list") == "raw/a ")
        let files = try project.tool("data", "files").standardOutputText.split(separator: "\n")
        #expect(files.contains { $0.hasSuffix("out/c") })
        let sent = files.filter { !$0.hasPrefix("left out") }
        #expect(!sent.contains { $0.contains(".pipeline") }, "\(sent)")
    }
}
