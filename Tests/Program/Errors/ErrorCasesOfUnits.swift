// Each makes one error happen; `ErrorTests` compares what is reported with `docs/errors.md`.

extension ErrorCase {
    static let units: [ErrorCase] = [
        ErrorCase(
            "unit-command-failed",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "sh -c 'echo no such table >&2; exit 3'", outputs: out/a }
                """#),
        ErrorCase(
            "data-altered",
            exit: 1,
            ["run", "sync", "--environment", "here"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/one.txt }
                  late: { kind: run, needs: compile, command: "sh -c 'rm -f out/one.txt; echo BYHAND > out/one.txt; touch {output}'", inputs: in.txt, outputs: late.txt }
                  sync: { kind: sync, needs: [compile, late], data: [out] }
                """#,
            setup: #"""
                echo x > in.txt; mkdir -p there pipeline/environments
                printf 'kind: data\ndata: { route: directory, root: there }\n' > pipeline/environments/here.yaml
                """#),
        ErrorCase(
            "task-alone",
            exit: 2,
            ["cluster-task", "x"],
            definition: .plain),
        ErrorCase(
            "input-missing",
            exit: 1,
            ["run", "compile"],
            definition: .plain),
        ErrorCase(
            "special-file",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp {inputs} {output}", inputs: raw, outputs: out/a }
                """#,
            setup: "mkdir raw; mkfifo raw/pipe"),
        ErrorCase(
            "link-nowhere",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp {inputs} {output}", inputs: raw, outputs: out/a }
                """#,
            setup: "mkdir raw; ln -s ../gone raw/table"),
        ErrorCase(
            "link-circle",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "cp {inputs} {output}", inputs: raw, outputs: out/a }
                """#,
            setup: "mkdir raw; ln -s .. raw/up"),
        ErrorCase(
            "worker-answer",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    worker: sh worker.sh
                    units:
                      one: { matrix: { k: { from_worker: names } }, outputs: "out/{k}" }
                """#,
            setup:
                #"echo 'read -r line; echo "{\"id\": 1, \"ok\": true, \"values\": \"abc\"}"; read -r line' > worker.sh"#
        ),
        ErrorCase(
            "output-missing",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "sh -c 'echo x > $(dirname {output})/b'", outputs: out/a }
                """#),
        ErrorCase(
            "output-undeclared",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "sh -c 'echo x > {output}; echo y > {output}.more'", outputs: out/a }
                """#),
        ErrorCase(
            "output-not-a-file",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "ln -s /dev/null {output}", outputs: out/a }
                """#),
        ErrorCase(
            "output-empty",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    check: nonempty
                    units:
                      one: { command: "touch {output}", outputs: out/a }
                """#),
        ErrorCase(
            "output-not-feather",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    check: feather
                    units:
                      one: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/a.feather }
                """#,
            setup: "echo x > in.txt"),
        ErrorCase(
            "output-not-whole",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    check: json
                    units:
                      one: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/a.json }
                """#,
            setup: "echo '{' > in.txt"),
        ErrorCase(
            "unit-timeout",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    timeout: 1s
                    units:
                      one: { command: "sleep 600", outputs: out/a }
                """#),
        ErrorCase(
            "unit-memory",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    memory: 20M
                    units:
                      one: { command: "python3 -c 'import time; x = bytearray(200000000); time.sleep(600)'", outputs: out/a }
                """#,
            varies: true),
        ErrorCase(
            "program-not-found",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "compute-all {output}", outputs: out/a }
                """#),
        ErrorCase(
            "interpreter-missing",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "./compute {output}", outputs: out/a }
                """#,
            setup: #"printf '#!/nowhere/python\n' > compute; chmod +x compute"#),
        ErrorCase(
            "program-not-started",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "./compute {output}", outputs: out/a }
                """#,
            setup: "head -c 100 /dev/zero > compute; chmod +x compute"),
        ErrorCase(
            "worker-ended",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    worker: sh -c 'read line; exit 3'
                    units:
                      one: { outputs: out/a }
                """#),
        ErrorCase(
            "worker-babbled",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    worker: sh -c 'read line; echo ready; sleep 60'
                    units:
                      one: { outputs: out/a }
                """#),
        ErrorCase(
            "unit-raised",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    worker: python3 work.py
                    units:
                      one: { outputs: out/a }
                """#,
            setup: #"""
                cat > work.py <<'END'
                import json, sys
                for line in sys.stdin:
                    print(json.dumps({"id": json.loads(line)["id"], "ok": False, "error": "KeyError: 'fdr'\nTraceback:\n  work.py, line 3"}), flush=True)
                END
                """#),
        ErrorCase(
            "tool-version",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    tools: ["false"]
                    units:
                      one: { command: "cp in.txt {output}", outputs: out/a }
                """#),
        ErrorCase(
            "slurm-missing",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    executor: slurm
                    units:
                      one: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/a }
                """#,
            setup: "echo x > in.txt",
            environment: ["PATH": "/nowhere"]),
    ]
}
