// Each makes one error happen; `ErrorTests` compares what is reported with `docs/errors.md`.

extension ErrorCase {
    static let plans: [ErrorCase] = [
        ErrorCase(
            "nothing-detached",
            exit: 1,
            ["attach"],
            definition: .plain),
        ErrorCase(
            "run-killed",
            exit: 1,
            ["attach"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "sh -c 'echo $$ > unit.pid; exec sleep 600'", outputs: out/a }
                """#,
            setup: #"""
                $PIPELINE run compile --detach
                until [ -s unit.pid ]; do sleep 0.1; done
                kill -9 $(python3 -c "import json; print(json.load(open('.pipeline/detached.json'))['pid'])") $(cat unit.pid)
                """#),
        ErrorCase(
            "no-such-plan",
            exit: 2,
            ["run", "--plan", "deploy.plan"],
            definition: .plain),
        ErrorCase(
            "not-a-plan",
            exit: 2,
            ["run", "--plan", "in.txt"],
            definition: .plain,
            setup: "echo x > in.txt"),
        ErrorCase(
            "plan-over-other-file",
            exit: 2,
            ["plan", "compile", "--save", "in.txt"],
            definition: .plain,
            setup: "echo x > in.txt"),
        ErrorCase(
            "plan-other-version",
            exit: 2,
            ["run", "--plan", "deploy.plan"],
            definition: .plain,
            setup: #"""
                echo '{"pipelinePlan": 99}' > deploy.plan
                """#),
        ErrorCase(
            "plan-other-project",
            exit: 2,
            ["run", "--plan", "deploy.plan"],
            definition: .plain,
            setup: #"""
                mkdir -p other/pipeline; cp pipeline/pipeline.yaml other/pipeline; echo x > other/in.txt
                $PIPELINE plan compile --project other --save deploy.plan
                """#),
        ErrorCase(
            "plan-says-already",
            exit: 2,
            ["run", "compile", "--plan", "deploy.plan"],
            definition: .plain,
            setup: "echo x > in.txt; $PIPELINE plan compile --save deploy.plan"),
        ErrorCase(
            "plan-moved",
            exit: 5,
            ["run", "--plan", "deploy.plan"],
            definition: .plain,
            setup: "echo x > in.txt; $PIPELINE plan compile --save deploy.plan; echo y > in.txt",
            varies: true),
        ErrorCase(
            "unplanned-work",
            exit: 5,
            ["run", "--plan", "all.plan"],
            definition: #"""
                project: p
                stages:
                  first:
                    kind: compile
                    units:
                      one: { command: "sh -c 'cp in.txt {output}; cp in.txt raw.txt'", inputs: in.txt, outputs: a.txt }
                  second:
                    kind: compile
                    needs: first
                    units:
                      two: { command: "cp raw.txt {output}", inputs: raw.txt, outputs: b.txt }
                """#,
            setup: "echo x > in.txt; $PIPELINE run; echo y > in.txt; $PIPELINE plan --save all.plan"
        ),
        ErrorCase(
            "no-such-run",
            exit: 1,
            ["why", "compile/one", "--run", "7"],
            definition: .plain,
            setup: "echo x > in.txt; $PIPELINE run compile"),
        ErrorCase(
            "no-making-recorded",
            exit: 1,
            ["why", "compile", "--back"],
            definition: .plain,
            setup: "echo x > in.txt; $PIPELINE run compile"),
        ErrorCase(
            "report-over-other-file",
            exit: 1,
            ["report", "-o", "in.txt"],
            definition: .plain,
            setup: "echo x > in.txt"),
    ]
}
