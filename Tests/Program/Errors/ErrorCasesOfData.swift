// Each makes one error happen; `ErrorTests` compares what is reported with `docs/errors.md`.

extension ErrorCase {
    static let data: [ErrorCase] = [
        ErrorCase(
            "empty-data",
            exit: 1,
            ["run", "sync"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir out
                """#),
        ErrorCase(
            "data-refused",
            exit: 2,
            ["run", "sync"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir out; mkfifo out/pipe
                """#),
        ErrorCase(
            "no-such-sync",
            exit: 2,
            ["data", "files", "--stage", "snc"],
            definition: .site),
        ErrorCase(
            "delete-storm",
            exit: 1,
            ["run", "sync"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir out; for i in $(seq 100); do echo $i > out/$i; done; $PIPELINE run sync; rm -r out/?? 
                """#),
        ErrorCase(
            "slot-kept",
            exit: 1,
            ["data", "put", "out/x", "a/out", "-e", "here"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir out; echo x > out/x; $PIPELINE run sync
                """#),
        ErrorCase(
            "slot-kept",
            exit: 1,
            ["data", "put", "out/x", "a/out", "-e", "here"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir out; echo x > out/x; $PIPELINE run sync; echo damaged > .pipeline/slots/a/.pipeline-release.json
                """#),
        ErrorCase(
            "no-such-file",
            exit: 2,
            ["data", "put", "nowhere", "a"],
            definition: .site,
            setup:
                #"mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml"#
        ),
        ErrorCase(
            "nothing-to-send",
            exit: 1,
            ["data", "put", "out", "packs"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir -p out .pipeline/slots
                """#),
        ErrorCase(
            "whole-data-folder",
            exit: 2,
            ["data", "remove", "."],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                """#),
        ErrorCase(
            "zip-missing",
            exit: 1,
            ["data", "put", "notes", "packs", "--zip"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir -p notes .pipeline/slots; echo x > notes/a
                """#,
            environment: ["PATH": "/nowhere"]),
        ErrorCase(
            "zip-failed",
            exit: 1,
            ["data", "put", "pipe", "packs", "--zip"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir -p .pipeline/slots; mkfifo pipe
                """#,
            varies: true),
        ErrorCase(
            "no-such-remote-file",
            exit: 1,
            ["data", "list", "packs"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir -p .pipeline/slots
                """#),
        ErrorCase(
            "data-path",
            exit: 2,
            ["data", "list", "../../etc"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir -p .pipeline/slots
                """#),
        ErrorCase(
            "sftp-no-connection",
            exit: 1,
            ["run", "sync"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: data
                data: { route: sftp, host: 127.0.0.1, port: 1, root: /slots }
                END
                mkdir out; echo x > out/x
                """#),
        ErrorCase(
            "no-such-slot",
            exit: 1,
            ["verify", "--remote", "--slot", "z"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                mkdir out; echo x > out/x; $PIPELINE run sync
                """#),
    ]

    static let packs: [ErrorCase] = [
        ErrorCase(
            "pack-source-missing",
            exit: 1,
            ["data", "pack", "nowhere"],
            definition: .plain),
        ErrorCase(
            "pack-source-kind",
            exit: 1,
            ["data", "pack", "in.txt"],
            definition: .plain,
            setup: "echo x > in.txt"),
        ErrorCase(
            "pack-tool-missing",
            exit: 1,
            ["data", "pack", "tree"],
            definition: .plain,
            setup: "mkdir tree",
            environment: ["PATH": "/nowhere"]),
        ErrorCase(
            "pack-inside-source",
            exit: 1,
            ["data", "pack", "tree", "-o", "tree/pack.sqfs"],
            definition: .plain,
            setup: "mkdir tree"),
        ErrorCase(
            "pack-over-other-file",
            exit: 1,
            ["data", "pack", "tree", "-o", "notes.txt"],
            definition: .plain,
            setup: "mkdir tree; echo x > notes.txt"),
        ErrorCase(
            "pack-file-kind",
            exit: 1,
            ["data", "pack", "tree"],
            definition: .plain,
            setup: "mkdir tree; mkfifo tree/pipe"),
        ErrorCase(
            "pack-name-not-utf8",
            exit: 1,
            ["data", "pack", "tree"],
            definition: .plain,
            setup: #"mkdir tree; touch "tree/$(printf 'bad\377')""#),
        ErrorCase(
            "not-a-pack",
            exit: 1,
            ["data", "pack", "in.txt", "--list"],
            definition: .plain,
            setup: "echo x > in.txt"),
        ErrorCase(
            "archive-damaged",
            exit: 1,
            ["data", "pack", "a.tar.gz"],
            definition: .plain,
            setup: "echo x > a.tar.gz",
            varies: true),
        ErrorCase(
            "archive-refused",
            exit: 1,
            ["data", "pack", "a.tar"],
            definition: .plain,
            setup: #"""
                python3 -c "
                import tarfile; t = tarfile.open('a.tar', 'w'); i = tarfile.TarInfo('../evil'); t.addfile(i); t.close()" 
                """#),
        ErrorCase(
            "bad-time",
            exit: 1,
            ["data", "pack", "tree"],
            definition: .plain,
            setup: "mkdir tree",
            environment: ["SOURCE_DATE_EPOCH": "noon"]),
        ErrorCase(
            "link-no-folder",
            exit: 1,
            ["data", "link", "nowhere", "there"],
            definition: .plain),
        ErrorCase(
            "link-target-inside-source",
            exit: 1,
            ["data", "link", "tree", "tree/links"],
            definition: .plain,
            setup: "mkdir -p tree/links"),
        ErrorCase(
            "link-removal-storm",
            exit: 1,
            ["data", "link", "tree", "there", "--apply"],
            definition: .plain,
            setup:
                "mkdir tree there; for i in $(seq 50); do echo x > tree/$i; done; $PIPELINE data link tree there --apply; rm tree/*; echo x > tree/x"
        ),
        ErrorCase(
            "graphviz-missing",
            exit: 1,
            ["graph", "--format", "svg"],
            definition: .plain,
            setup: "echo x > in.txt",
            environment: ["PATH": "/nowhere"]),
    ]

    static let configuration: [ErrorCase] = [
        ErrorCase(
            "config-no-source",
            exit: 1,
            ["config", "pull"],
            definition: .plain),
        ErrorCase(
            "config-bad-name",
            exit: 1,
            ["config", "pull", "../x", "prod", "--from", "repo"],
            definition: .plain),
        ErrorCase(
            "config-not-cloned",
            exit: 1,
            ["config", "pull", "lab", "prod", "--from", "/nowhere/repo"],
            definition: .plain,
            varies: true),
        ErrorCase(
            "config-no-layers",
            exit: 1,
            ["config", "pull", "web", "prod", "--from", "$ROOT/repo"],
            definition: .plain,
            setup:
                "git init -q repo; mkdir repo/lab; touch repo/lab/x; git -C repo add .; git -C repo -c user.name=a -c user.email=b commit -qm x"
        ),
    ]
}
