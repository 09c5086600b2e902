import Posix
import Processes
import Testing

/// What shells and readers get of the built program: completion, manual, graph.
struct ShellHelpTests {
    private func made() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            default_environment: lab
            stages:
              fetch: { kind: run, command: "cp in.txt {output}", inputs: in.txt, outputs: raw.txt }
              compile:
                kind: compile
                needs: fetch
                units:
                  part:
                    matrix: { n: { from: 1, to: 12 } }
                    command: cp {input} {output}
                    inputs: raw.txt
                    outputs: out/{n}.txt
                  all:
                    command: sh -c "cat {inputs} > {output}"
                    inputs: out/*.txt
                    outputs: all.txt
              sync: { kind: sync, needs: compile, data: [out] }
            """)
        try project.write("in.txt", "x\n")
        try project.write(
            "pipeline/environments/lab.yaml", "kind: data\ndata: { root: .pipeline/there }\n")
        #expect(try project.run("compile").exit == .exited(0))
        return project
    }

    private func completed(_ project: UnitProject, _ words: String...) throws -> [String] {
        try project.tool(arguments: ["complete", "--"] + words).standardOutputText
            .split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }

    @Test("stages, units and environments are completed from the project")
    func completion() throws {
        let project = try made()
        #expect(try completed(project, "run", "") == ["fetch", "compile", "sync"])
        #expect(try completed(project, "plan", "s") == ["sync"])
        #expect(try completed(project, "run", "-e", "") == ["lab"])
        #expect(try completed(project, "why", "compile/") == ["compile/all", "compile/part/"])
        #expect(try completed(project, "why", "compile/part/12") == ["compile/part/12"])
        #expect(try completed(project, "graph", "--format=m") == ["--format=mermaid"])
        #expect(try completed(project, "comp") == ["completion"])
        // Outside of any project it says nothing, and does not fail.
        let away = try ProcessRunner.run(
            ProcessCommand([UnitProject.tool, "complete", "--", "run", ""], directory: "/"))
        #expect(
            away.exit == .exited(0) && away.standardOutputText.isEmpty
                && away.standardErrorText.isEmpty)
    }

    @Test("bash completes with the script that it is given")
    func bash() throws {
        let project = try made()
        let folder = String(UnitProject.tool.dropLast("/pipeline".count))
        let found = try ProcessRunner.run(
            ProcessCommand(
                [
                    "bash", "-c",
                    """
                    PATH=\(folder):$PATH; source <(pipeline completion bash) || exit
                    complete -p pipeline
                    COMP_WORDS=(pipeline why compile/p); COMP_CWORD=2; _pipeline; echo "${COMPREPLY[@]}"
                    COMP_WORDS=(pipeline ro); COMP_CWORD=1; _pipeline; echo "${COMPREPLY[@]}"
                    """,
                ], directory: project.root))
        #expect(
            found.standardOutputText == "complete -F _pipeline pipeline\ncompile/part/\nrollback\n",
            "\(found.standardOutputText)\(found.standardErrorText)")
        for shell in ["zsh", "fish"] {
            #expect(
                try project.tool("completion", shell).standardOutputText.contains(
                    "pipeline complete --"))
        }
    }

    @Test("the graph shows rules, how many units they have, and what they wait for")
    func graph() throws {
        let project = try made()
        let text = try project.tool("graph").standardOutputText
        #expect(
            text == """
                fetch
                  fetch  1 unit
                compile
                  part  12 units  after fetch/fetch
                  all  1 unit  after part
                sync
                  after compile/all

                """, "\(text)")
        let dot = try project.tool("graph", "--format", "dot").standardOutputText
        #expect(dot.contains("[label=\"part × 12\"]"), "\(dot)")
        #expect(dot.contains("n0 -> n1;"))
        let mermaid = try project.tool("graph", "--format", "mermaid").standardOutputText
        #expect(mermaid.hasPrefix("flowchart LR\n"))
        #expect(mermaid.contains("n0 --> n1"))
        let none = try ProcessRunner.run(
            ProcessCommand(
                [UnitProject.tool, "graph", "--format", "svg"], environment: ["PATH": "/nowhere"],
                directory: project.root))
        #expect(none.exit == .exited(1))
        #expect(none.standardErrorText.contains("install the package graphviz"))
    }

    @Test("the manual page is one that man can set")
    func manual() throws {
        let project = try made()
        let page = try project.tool("manual")
        #expect(page.exit == .exited(0))
        for word in ["rollback", "EXIT STATUS", "ledger.sqlite"] {
            #expect(page.standardOutputText.contains(word))
        }
    }
}
