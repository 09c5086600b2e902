// Each makes one error happen; `ErrorTests` compares what is reported with `docs/errors.md`.

extension ErrorCase {
    static let shipping: [ErrorCase] = [
        ErrorCase(
            "no-image-stage",
            exit: 2,
            ["run", "push"],
            definition: #"""
                project: p
                stages:
                  push: { kind: push }
                """#,
            setup: #"""
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
        ErrorCase(
            "not-built",
            exit: 1,
            ["run", "push"],
            definition: #"""
                project: p
                stages:
                  image: { kind: image, context: site }
                  push: { kind: push }
                  sync: { kind: sync, data: [out] }
                  deploy: { kind: deploy, needs: [push, sync] }
                """#,
            setup: #"""
                mkdir site; touch site/Dockerfile
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
        ErrorCase(
            "not-pushed",
            exit: 1,
            ["run", "deploy"],
            definition: #"""
                project: p
                stages:
                  image: { kind: image, context: site }
                  push: { kind: push }
                  sync: { kind: sync, data: [out] }
                  deploy: { kind: deploy }
                """#,
            setup: #"""
                mkdir site out; touch site/Dockerfile; echo x > out/x
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
        ErrorCase(
            "content-lost",
            exit: 1,
            ["rollback", "--to", "1"],
            definition: #"""
                project: p
                stages:
                  image: { kind: image, context: site }
                  push: { kind: push, needs: image }
                  sync: { kind: sync, data: [out] }
                  deploy: { kind: deploy }
                """#,
            setup: #"""
                mkdir site out; echo x > out/x; touch site/Dockerfile
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: preview
                data: { root: .pipeline/slots }
                site: { command: "true", port: 18999 }
                END
                "$PIPELINE" run deploy >first.log 2>&1 && exit 1
                rm -rf .pipeline/store .pipeline/slots out/x; echo y > out/y
                """#),
        ErrorCase(
            "nothing-to-roll-back-to",
            exit: 1,
            ["rollback"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: preview
                data: { root: .pipeline/slots }
                site: { command: "true", port: 18999 }
                END
                """#),
        ErrorCase(
            "no-such-release",
            exit: 1,
            ["rollback", "--to", "7"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: preview
                data: { root: .pipeline/slots }
                site: { command: "true", port: 18999 }
                END
                """#),
        ErrorCase(
            "docker-missing",
            exit: 1,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir site; touch site/Dockerfile
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#,
            environment: ["PATH": "/nowhere"]),
        ErrorCase(
            "dockerfile-missing",
            exit: 2,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir site
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
        ErrorCase(
            "dockerfile-outside",
            exit: 1,
            ["run", "image"],
            definition: #"""
                project: p
                stages:
                  image: { kind: image, context: site, dockerfile: ../Dockerfile }
                  push: { kind: push, needs: image }
                  sync: { kind: sync, data: [out] }
                  deploy: { kind: deploy, needs: [push, sync] }
                """#,
            setup: #"""
                mkdir site; touch Dockerfile
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
        ErrorCase(
            "dockerignore-pattern",
            exit: 1,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir site; touch site/Dockerfile; echo '[a-' > site/.dockerignore
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
        ErrorCase(
            "dockerignore-own",
            exit: 1,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir site; touch site/Dockerfile; echo x > site/Dockerfile.dockerignore
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
        ErrorCase(
            "context-name-not-utf8",
            exit: 1,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir site; touch site/Dockerfile "site/$(printf 'bad\377')"
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                """#),
    ]

    static let aws: [ErrorCase] = [
        ErrorCase(
            "aws-tool-missing",
            exit: 1,
            ["run", "sync"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: beanstalk
                repository: 123456789012.dkr.ecr.us-east-2.amazonaws.com/p
                data: { route: transfer, root: p, file_system: fs-0123456789abcdef0 }
                site: {}
                aws: { region: us-east-2, account: "123456789012" }
                beanstalk: { application: a, environment: e }
                END
                mkdir out; echo x > out/x
                """#,
            environment: ["PATH": "/nowhere"]),
        ErrorCase(
            "unsafe-endpoint",
            exit: 1,
            ["run", "sync"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: beanstalk
                repository: 123456789012.dkr.ecr.us-east-2.amazonaws.com/p
                data: { route: transfer, root: p, file_system: fs-0123456789abcdef0 }
                site: {}
                aws: { region: us-east-2, account: "123456789012", endpoint: "http://aws.example.org" }
                beanstalk: { application: a, environment: e }
                END
                """#),
        ErrorCase(
            "not-beanstalk",
            exit: 1,
            ["logs", "--events", "-e", "here"],
            definition: .site,
            setup:
                #"mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml"#
        ),
        ErrorCase(
            "not-here",
            exit: 1,
            ["up", "-e", "there"],
            definition: .site,
            setup:
                #"mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/there.yaml"#
        ),
        ErrorCase(
            "nothing-live",
            exit: 1,
            ["up", "-e", "preview"],
            definition: .site,
            setup:
                #"mkdir -p pipeline/environments; printf 'kind: preview\ndata: { root: .pipeline/slots, slots: 2 }\nsite: { port: 8000, command: x }\n' > pipeline/environments/preview.yaml"#
        ),
        ErrorCase(
            "no-such-action",
            exit: 2,
            ["ledger", "move", "x"],
            definition: .site),
        ErrorCase(
            "not-at-aws",
            exit: 1,
            ["restart", "-e", "here"],
            definition: .site,
            setup:
                #"mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml"#
        ),
        ErrorCase(
            "no-shell",
            exit: 1,
            ["shell", "-e", "here"],
            definition: .site,
            setup:
                #"mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml"#
        ),
    ]
}
