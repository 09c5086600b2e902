import Posix
import Processes
import Testing

/// The completion of the built program in real shells: zsh(1) on a terminal of its own, fish(1) by its `complete -C`.
struct ShellCompletionTests {
    /// With two environments, a release of data, and units of a rule.
    private func made() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            default_environment: lab
            stages:
              compile:
                kind: compile
                units:
                  part:
                    matrix: { n: ["1", "CD94:NKG2A", a b] }
                    command: cp in.txt {output}
                    inputs: in.txt
                    outputs: out/{n}.txt
                  all: { command: "cp in.txt {output}", inputs: in.txt, outputs: all.txt }
              sync: { kind: sync, needs: compile, data: [out] }
            """)
        try project.write("in.txt", "x\n")
        for name in ["lab", "farm"] {
            try project.write(
                "pipeline/environments/\(name).yaml",
                "kind: data\ndata: { root: .pipeline/there-\(name), slots: 2 }\n")
        }
        #expect(try project.run("sync").exit == .exited(0))
        // What deployments write down of their releases.
        _ = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite \"insert into releases (number, environment, identity, manifest, configuration, "
                + "settings, created_ms) values (1, 'lab', zeroblob(32), zeroblob(32), zeroblob(32), '{}', 0), "
                + "(2, 'farm', zeroblob(32), zeroblob(32), zeroblob(32), '{}', 0)\""
        )
        return project
    }

    private func environment(_ project: UnitProject) -> [String: String?] {
        let folder = String(UnitProject.tool.dropLast("/pipeline".count))
        return [
            "PATH": "\(folder):\(Environment.value("PATH") ?? "")", "HOME": project.root,
            "ZDOTDIR": project.root, "TERM": "xterm", "XDG_CONFIG_HOME": "\(project.root)/config",
            "XDG_DATA_HOME": "\(project.root)/share",
        ]
    }

    /// What each shell offers for a line that is typed as far as its end.
    static let lines: [(line: String, offered: [String])] = [
        ("pipeline run ", ["compile", "sync"]),
        ("pipeline run --only compile/", ["compile/all", "compile/part/"]),
        (
            "pipeline why compile/part/",
            ["compile/part/1", "compile/part/CD94%3ANKG2A", "compile/part/a%20b"]
        ),
        ("pipeline run -e ", ["farm", "lab"]),
        ("pipeline run --environment=", ["--environment=farm", "--environment=lab"]),
        ("pipeline rollback --to ", ["1", "2"]),
        ("pipeline rollback -e farm --to ", ["2"]),
        ("pipeline rollback --environment=lab --to ", ["1"]),
        ("pipeline rollb", ["rollback"]),
        ("pipeline completion ", ["bash", "fish", "zsh"]),
    ]

    @Test("fish completes stages, units, environments and releases", arguments: lines)
    func fish(line: String, offered: [String]) throws {
        let project = try made()
        let output = try ProcessRunner.run(
            ProcessCommand(
                [
                    "fish", "--no-config", "-c",
                    "pipeline completion fish | source; complete -C '\(line)'",
                ], environment: environment(project), directory: project.root), timeout: 60)
        let words = output.standardOutputText.split(separator: "\n").map {
            String($0.prefix { $0 != "\t" })
        }
        #expect(
            words.sorted() == offered, "\(output.standardOutputText)\(output.standardErrorText)")
    }

    @Test("zsh completes stages, units, environments and releases", arguments: lines)
    func zsh(line: String, offered: [String]) throws {
        let project = try made()
        _ = try typed(line, into: "zsh -f -i", of: project)
        let words = try project.text("offered").split(separator: "\n").map(String.init)
        #expect(Set(words).sorted() == offered)
    }

    @Test(
        "what fits alone is put into the line, and what it only begins goes on without a space",
        arguments: ["zsh -f -i", "bash --norc --noprofile -i"],
        [
            ("pipeline rollb", "pipeline rollback "),
            ("pipeline why compile/p", "pipeline why compile/part/"),
            ("pipeline why compile/part/C", "pipeline why compile/part/CD94%3ANKG2A "),
            ("pipeline run -e l", "pipeline run -e lab "),
            ("pipeline run --env", "pipeline run --environment "),
        ])
    func inserted(shell: String, line: (typed: String, completed: String)) throws {
        #expect(try typed(line.typed, into: shell, of: try made()) == line.completed)
    }

    /// What a shell makes of a line and the key Tab, on a terminal; in zsh, what is offered is written down as well.
    private func typed(
        _ line: String, into shell: String, of project: UnitProject
    ) throws -> String {
        try project.write(
            "zsh.setup",
            #"""
            PROMPT=; unsetopt beep
            autoload -Uz compinit; compinit -u -D
            source <(pipeline completion zsh)
            compadd() {
              # Calls that only try or fill arrays offer nothing.
              if [[ " ${@[1,(i)(-|--)]} " != *" -"[OAD]" "* ]]; then
                local -a hits; builtin compadd -A hits "$@"; print -rl -- $hits >> offered
              fi
              builtin compadd "$@"
            }
            tell() { print -rn -- "$BUFFER" > line; print -n 'LINE''-TOLD' }
            zle -N tell; bindkey '^O' tell
            """#)
        try project.write(
            "bash.setup",
            #"""
            source <(pipeline completion bash)
            bind -x '"\C-o": printf %s "$READLINE_LINE" > line; printf %s LINE-TOLD'
            """#)
        try project.write(
            "outer.zsh",
            #"""
            zmodload zsh/zpty
            zpty shell $1
            zpty -w shell "source ./${1%% *}.setup; printf %s SET'-'UP"
            zpty -r -m shell text '*SET-UP*'
            zpty -w -n shell "$2"$'\t\C-o'
            zpty -r -m shell text '*LINE-TOLD*'
            zpty -d shell
            """#)
        let output = try ProcessRunner.run(
            ProcessCommand(
                ["zsh", "-f", "outer.zsh", shell, line], environment: environment(project),
                directory: project.root), timeout: 60)
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        return try project.text("line")
    }
}
