// Each makes one error happen; `ErrorTests` compares what is reported with `docs/errors.md`.

extension ErrorCase {
    static let definition: [ErrorCase] = [
        ErrorCase(
            "no-definition",
            exit: 2,
            ["status", "--project", "/"],
            definition: .plain),
        ErrorCase(
            "two-archives",
            exit: 2,
            ["plan"],
            definition: .plain,
            setup: #"""
                printf 'archive: { root: /tmp/a, sign: none }\n' >> pipeline/pipeline.yaml
                printf 'root: /tmp/a\nsign: none\n' > pipeline/archive.yaml
                """#),
        ErrorCase(
            "nothing-to-propose",
            exit: 1,
            ["init"],
            definition: .plain),
        ErrorCase(
            "definition-exists",
            exit: 1,
            ["init"],
            definition: .plain,
            setup: "mkdir data; echo FROM scratch > Dockerfile"),
        ErrorCase(
            "bad-yaml",
            exit: 2,
            ["plan"],
            definition: #"""
                project: [
                """#,
            varies: true),
        ErrorCase(
            "empty-definition",
            exit: 2,
            ["plan"],
            definition: #"""
                # nothing yet
                """#),
        ErrorCase(
            "unknown-key",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output}", iputs: a, outputs: out/a }
                """#),
        ErrorCase(
            "missing-key",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  sync: { kind: sync }
                """#),
        ErrorCase(
            "wrong-type",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output}", outputs: out/a, timeout: soon }
                """#),
        ErrorCase(
            "bad-value",
            exit: 2,
            ["run", "sync"],
            definition: .plain,
            setup: #"""
                echo x > in.txt
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: data
                data: { root: .pipeline/slots, slots: 5 }
                END
                """#),
        ErrorCase(
            "bad-name",
            exit: 2,
            ["plan"],
            definition: #"""
                project: "My Site"
                stages:
                  sync: { kind: sync, data: [out] }
                """#),
        ErrorCase(
            "bad-path",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output}", inputs: ./a, outputs: out/a }
                """#),
        ErrorCase(
            "path-outside",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output}", inputs: a, outputs: ../a }
                """#),
        ErrorCase(
            "bad-command",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    worker: python3 -m 'work
                    units:
                      one: { outputs: out/a }
                """#),
        ErrorCase(
            "bad-template",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output", outputs: out/a }
                """#),
        ErrorCase(
            "shell-syntax",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cat a > {output}", outputs: out/a }
                """#),
        ErrorCase(
            "unknown-placeholder",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output}", outputs: "out/{nme}" }
                """#),
        ErrorCase(
            "named-twice",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { matrix: { n: [1, 1] }, command: "cp a {output}", outputs: "out/{n}" }
                """#),
        ErrorCase(
            "no-such-need",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  image: { kind: image, context: site }
                  push: { kind: push, needs: imgae }
                """#),
        ErrorCase(
            "stage-circle",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  sync: { kind: sync, needs: deploy, data: [out] }
                  deploy: { kind: deploy, needs: sync }
                """#),
        ErrorCase(
            "same-output",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output}", outputs: out/a }
                      two: { command: "cp b {output}", outputs: out/a }
                """#),
        ErrorCase(
            "output-inside-output",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp a {output}", outputs: out/a }
                      two: { command: "cp b {output}", outputs: out/a/b }
                """#),
        ErrorCase(
            "unit-circle",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp {input} {output}", inputs: b, outputs: a }
                      two: { command: "cp {input} {output}", inputs: a, outputs: b }
                """#),
        ErrorCase(
            "open-address",
            exit: 2,
            ["run", "sync"],
            definition: .plain,
            setup: #"""
                echo x > in.txt
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: data
                data: { root: .pipeline/slots }
                notify: { webhook: "http://example.org/hook" }
                END
                """#),
        ErrorCase(
            "no-environment",
            exit: 2,
            ["run", "sync"],
            definition: .plain,
            setup: "echo x > in.txt"),
        ErrorCase(
            "no-such-environment",
            exit: 2,
            ["run", "sync", "-e", "hree"],
            definition: .plain,
            setup: #"""
                echo x > in.txt
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                """#),
        ErrorCase(
            "names-not-utf8",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp {inputs} {output}", inputs: "raw/*", outputs: out/a }
                """#,
            setup: #"mkdir raw; touch "raw/$(printf 'bad\377')""#),
        ErrorCase(
            "name-twins",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp {inputs} {output}", inputs: "raw/*", outputs: out/a }
                """#,
            setup: #"mkdir raw; touch "raw/$(printf 'e\314\201')" "raw/$(printf '\303\251')""#),
    ]
}
