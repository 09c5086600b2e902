// Each makes one error happen; `ErrorTests` compares what is reported with `docs/errors.md`.

extension ErrorCase {
    static let use: [ErrorCase] = [
        ErrorCase(
            "commands-not-confirmed",
            exit: 2,
            ["run", "compile"],
            definition: "# Proposed by `pipeline init`\n" + .plain),
        ErrorCase(
            "no-python-environment",
            exit: 2,
            ["run", "compile"],
            definition: "python: .venv\n"
                + .plain.replacing("cp in.txt", with: "python3 copy.py in.txt")),
        ErrorCase(
            "no-command",
            exit: 2,
            ["data"],
            definition: .plain),
        ErrorCase(
            "no-such-command",
            exit: 2,
            ["rnu"],
            definition: .plain),
        ErrorCase(
            "no-such-option",
            exit: 2,
            ["run", "--forse"],
            definition: .plain),
        ErrorCase(
            "option-value-missing",
            exit: 2,
            ["run", "--jobs"],
            definition: .plain),
        ErrorCase(
            "option-takes-no-value",
            exit: 2,
            ["run", "--force=yes"],
            definition: .plain),
        ErrorCase(
            "option-repeated",
            exit: 2,
            ["run", "--jobs", "1", "--jobs", "2"],
            definition: .plain),
        ErrorCase(
            "invalid-value",
            exit: 2,
            ["run", "--jobs", "many"],
            definition: .plain),
        ErrorCase(
            "argument-missing",
            exit: 2,
            ["why"],
            definition: .plain),
        ErrorCase(
            "argument-unexpected",
            exit: 2,
            ["status", "extra"],
            definition: .plain),
        ErrorCase(
            "options-clash",
            exit: 2,
            ["data", "pack", "x", "--list", "--verify"],
            definition: .plain),
        ErrorCase(
            "no-such-stage",
            exit: 2,
            ["run", "complie"],
            definition: .plain),
        ErrorCase(
            "no-such-name",
            exit: 1,
            ["why", "compile/oen"],
            definition: .plain,
            setup: "echo x > in.txt"),
        ErrorCase(
            "not-made",
            exit: 1,
            ["why", "in.txt", "--past"],
            definition: .plain,
            setup: "echo x > in.txt"),
        ErrorCase(
            "no-such-code",
            exit: 2,
            ["explain", "no-such-stag"],
            definition: .plain),
        ErrorCase(
            "not-confirmed",
            exit: 2,
            ["data", "remove", "packs/in.txt"],
            definition: .plain,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                echo x > in.txt
                mkdir -p .pipeline/slots; $PIPELINE data put in.txt packs
                """#),
    ]

    static let ledger: [ErrorCase] = [
        ErrorCase(
            "no-ledger",
            exit: 1,
            ["logs"],
            definition: .plain),
        ErrorCase(
            "ledger-newer",
            exit: 1,
            ["status"],
            definition: .plain,
            setup: #"""
                echo x > in.txt
                $PIPELINE run compile; sqlite3 .pipeline/ledger.sqlite 'pragma user_version = 999'
                """#),
        ErrorCase(
            "ledger-foreign",
            exit: 1,
            ["run", "compile"],
            definition: .plain,
            setup:
                "mkdir .pipeline; echo this is no database, but a text that somebody put here > .pipeline/ledger.sqlite"
        ),
        ErrorCase(
            "ledger-damaged",
            exit: 1,
            ["run", "compile"],
            definition: .plain,
            setup: #"""
                echo x > in.txt
                $PIPELINE run compile; sqlite3 .pipeline/ledger.sqlite 'pragma wal_checkpoint(truncate)'; f=.pipeline/ledger.sqlite; truncate -s $(($(stat -c %s $f) / 2)) $f; rm -f $f-*
                """#,
            varies: true),
    ]
}
