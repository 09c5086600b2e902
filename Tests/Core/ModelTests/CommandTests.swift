import PipelineModel
import Testing

/// Commands and values that look as if something were to expand them.
struct CommandTests {
    private func codes(_ text: String) -> [String] {
        do {
            _ = try DefinitionReader.read(text, file: "p.yaml")
            return []
        } catch {
            return error.diagnostics.map { "\($0.line):\($0.column) \($0.code)" }
        }
    }

    private func unit(_ command: String) -> String {
        """
        project: p
        stages:
          compile:
            units:
              one:
                matrix: { k: [a, b] }
                command: \(command)
                inputs: in
                outputs: "out/{k}"
        """
    }

    @Test(
        "shell syntax in a text is refused where it stands",
        arguments: [
            "cat {input} > {output}", "a | b", "a && b", "a; b", "a {input} 2>&1", "a $HOME/x",
            "a ${HOME}", "a $(date)", "a `date`", "a data/*.tsv", "a ~/data", "LANG=C sort {input}",
            "'a \"$HOME\"'", "python x.py \"${K}\" {output}", "a &", "sort <{input}",
        ])
    func shellSyntax(command: String) {
        #expect(codes(unit(command)) == ["7:18 shell-syntax"], "\(command)")
    }

    @Test(
        "what only looks like it is taken",
        arguments: [
            "awk 'NR > 1 {{ print $2 }}' {input}",
            "sh -c 'cat $1 > $2' x {input} {output}",
            #"sh -c "cat $HOME/x | sort > {output}""#, "env A=b sort {input}", "a 'data/*.tsv'",
            "a price=5$ {output}", "curl http://host/?q=1 {output}", "a x~y -o=~",
            #"a \$HOME \| b"#,
            "[sh, -c, 'echo $HOME > \"$0\"', '{output}']", "[perl, -e, 'print $x', '{output}']",
            "[a, '|', '>', '{output}']", "bash -euc 'a | b; c' {output}",
        ])
    func notShellSyntax(command: String) {
        #expect(codes(unit(command)) == [], "\(command)")
    }

    @Test("a variable in a list of words is refused at its word")
    func variableInList() {
        #expect(codes(unit("[cp, $HOME/data, '{output}']")) == ["7:23 shell-syntax"])
        #expect(codes(unit("[cp, '${DATA}', '{output}']")) == ["7:23 shell-syntax"])
    }

    @Test(
        "places of a text are checked as those of a list are",
        arguments: ["a {kk} {output}", "[a, '{kk}', '{output}']", "'a \"{kk}\" {output}'"])
    func places(command: String) throws {
        do {
            _ = try DefinitionReader.read(unit(command), file: "p.yaml")
            Issue.record("was taken")
        } catch {
            #expect(error.diagnostics.map(\.code) == ["unknown-placeholder"])
            #expect(error.diagnostics[0].advice?.contains("did you mean {k}?") == true)
            #expect(error.diagnostics[0].line == 7)
        }
    }

    @Test(
        "workers, tools, notify, paths and values",
        arguments: [
            ("worker: python -m x > log\n    units: { u: { outputs: o } }", "4:13"),
            ("tools: [a | b]\n    units: { u: { command: a, outputs: o } }", "4:13"),
            (
                "environment: { P: \"$HOME/bin:$PATH\" }\n    units: { u: { command: a, outputs: o } }",
                "4:23"
            ),
            (
                "environment: { P: \"/bin:$PATH\" }\n    units: { u: { command: a, outputs: o } }",
                "4:23"
            ),
            ("units: { u: { command: a, outputs: o, inputs: $RAW/x } }", "4:51"),
            ("units: { u: { command: a, outputs: \"${OUT}/x\" } }", "4:40"),
            ("units: { u: { command: a, outputs: o, inputs: [~/x] } }", "4:52"),
            ("units: { u: { command: a, outputs: o, parameters: { d: $DATA } } }", "4:60"),
        ])
    func elsewhere(stage: String, place: String) {
        let found = codes("project: p\nstages:\n  compile:\n    \(stage)\n")
        #expect(found == ["\(place) shell-syntax"])
    }

    private let transports = [
        TransportSchema(name: "directory"),
        TransportSchema(
            name: "sftp",
            shared: [
                .mounted, KeySchema("host", .string, "server"),
                KeySchema("identity", .string, "file of the private key"),
            ]),
    ]

    @Test(
        "nothing is expanded in an environment's file, and the message names the place",
        arguments: [
            ("root: $ROOT", 2), ("root: \"/mnt/${ROOT}/x\"", 2), ("root: ~/efs", 2),
            ("root: x, mounted: $M/y, route: sftp, host: h", 2),
        ])
    func environments(data: String, line: Int) {
        let text = "kind: data\ndata: { \(data) }\n"
        #expect(throws: DefinitionError.self) {
            try EnvironmentReader.read(text, name: "e", file: "e.yaml", transports: transports)
        }
        do {
            _ = try EnvironmentReader.read(text, name: "e", file: "e.yaml", transports: transports)
        } catch {
            #expect(error.diagnostics.map(\.code) == ["shell-syntax"])
            #expect(error.diagnostics.map(\.line) == [line])
        }
    }

    @Test("a site sees one folder, or several, each at its place; some kinds of site see one")
    func mounts() throws {
        let tasks = TargetSchema(
            name: "tasks", summary: "of a test", needs: [.site], seesOneFolder: true)
        func read(_ site: String, kind: String = "local") throws -> [SiteMount] {
            let text =
                "kind: \(kind)\nrepository: r/x\ndata: { root: r }\nsite: { port: 8000, \(site) }\n"
            return try EnvironmentReader.read(
                text, name: "e", file: "e.yaml", transports: transports,
                targets: TargetSchema.builtIn + [tasks]
            ).site.mounts
        }
        let figures = SiteMount(from: "figures", to: "/app/figures")
        let data = SiteMount(from: "data", to: "/app/data")
        #expect(try read("container_port: 1") == [data])
        #expect(try read("mount: { from: figures, to: /app/figures }") == [figures])
        #expect(try read("mounts: [{ from: figures, to: /app/figures }, {}]") == [figures, data])
        #expect(
            try read("mount: {}, mounts: [{ from: figures, to: /app/figures }]") == [data, figures])
        #expect(throws: DefinitionError.self) {
            try read("mounts: [{}, { from: a }]", kind: "tasks")
        }
        #expect(try read("mounts: [{ from: a }]", kind: "tasks").map(\.from) == ["a"])
    }

    @Test("a site's command, its variables, and what only looks like a variable")
    func site() throws {
        func read(_ site: String) -> [String] {
            let text =
                "kind: preview\ndata: { root: r, route: sftp, host: h, mounted: m, identity: ~/.ssh/k }\n"
                + "site: { port: 8000, \(site) }\n"
            do {
                _ = try EnvironmentReader.read(
                    text, name: "e", file: "e.yaml", transports: transports)
                return []
            } catch {
                return error.diagnostics.map(\.code)
            }
        }
        #expect(read("command: \"python app.py --port {port} {root}\"") == [])
        #expect(read("command: \"python app.py --port $PORT\"") == ["shell-syntax"])
        #expect(read("command: \"python app.py --port {prot}\"") == ["unknown-placeholder"])
        #expect(read("command: [a], environment: { DB: $DB }") == ["shell-syntax"])
        #expect(read("command: [a], environment: { PASSWORD: pa$$word }") == [])
        #expect(read("command: [a], smoke: [{ path: /, contains: $HOME }]") == [])
    }

    @Test("identity none belongs to kinds that start a site, and to no other")
    func identity() throws {
        let data = "data: { root: slots }\n"
        let health = "site: { port: 8000, command: run, health: { path: /, identity: none } }\n"
        let preview = try EnvironmentReader.read(
            "kind: preview\n" + data + health, name: "here", file: "here.yaml",
            transports: transports)
        #expect(preview.site.health.identity == .none)
        #expect(throws: DefinitionError.self) {
            try EnvironmentReader.read(
                "kind: data\n" + data + health, name: "here", file: "here.yaml",
                transports: transports)
        }
    }
}
