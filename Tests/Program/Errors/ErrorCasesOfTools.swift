// Each makes one error happen; `ErrorTests` compares what is reported with `docs/errors.md`.

extension ErrorCase {
    /// Programs of a case's own stand in the places of real ones, and fail as those may.
    static let tools: [ErrorCase] = [
        ErrorCase(
            "input-changed",
            exit: 1,
            ["run"],
            definition: #"""
                project: p
                stages:
                  compile:
                    units:
                      one: { command: "sh -c 'cp in.txt {output}; echo more >> in.txt'", inputs: in.txt, outputs: out/a }
                """#,
            setup: #"""
                echo x > in.txt
                """#),
        ErrorCase(
            "pack-tool-failed",
            exit: 1,
            ["data", "pack", "tree"],
            definition: .plain,
            setup: #"""
                mkdir tree bin
                printf '#!/bin/sh\necho "no such luck" >&2\nexit 1\n' > bin/mksquashfs; chmod +x bin/mksquashfs
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "pack-differs",
            exit: 1,
            ["data", "pack", "tree"],
            definition: .plain,
            setup: #"""
                mkdir tree bin; echo x > tree/a
                printf '#!/bin/sh\necho more >> tree/a\nexec /usr/bin/mksquashfs "$@"\n' > bin/mksquashfs; chmod +x bin/mksquashfs
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "pack-listing",
            exit: 1,
            ["data", "pack", "tree.sqfs", "--list"],
            definition: .plain,
            setup: #"""
                mkdir tree bin; echo x > tree/a; $PIPELINE data pack tree
                printf '#!/bin/sh\necho "what is this"\n' > bin/unsquashfs; chmod +x bin/unsquashfs
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "graph-not-drawn",
            exit: 1,
            ["graph", "--format", "svg"],
            definition: .plain,
            setup: #"""
                echo x > in.txt; mkdir bin
                printf '#!/bin/sh\ncat > /dev/null\necho "Error: no such luck" >&2\nexit 1\n' > bin/dot; chmod +x bin/dot
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "docker-failed",
            exit: 1,
            ["run", "push"],
            definition: .site,
            setup: #"""
                mkdir -p site bin pipeline/environments; touch site/Dockerfile
                cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                cat > bin/docker <<'END'
                #!/bin/sh
                case "$1 $2" in
                "tag "*) echo "Error response from daemon: no such luck" >&2; exit 1 ;;
                "image inspect") echo '[{"Id": "sha256:'$(printf '%064d' 7)'", "Size": 1, "Os": "linux", "Architecture": "amd64"}]' ;;
                "version "*) echo '{"Version": "28"}' ;;
                esac
                END
                chmod +x bin/docker
                PATH="$PWD/bin:$PATH" $PIPELINE run image
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "docker-unreadable",
            exit: 1,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir -p site bin pipeline/environments; touch site/Dockerfile
                cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                cat > bin/docker <<'END'
                #!/bin/sh
                case "$1 $2" in
                "image inspect") echo "what is this"; exit ;;
                "image inspect") echo '[{"Id": "sha256:'$(printf '%064d' 7)'", "Size": 1, "Os": "linux", "Architecture": "amd64"}]' ;;
                "version "*) echo '{"Version": "28"}' ;;
                esac
                END
                chmod +x bin/docker
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"],
            varies: true),
        ErrorCase(
            "docker-timed-out",
            exit: 1,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir -p site bin pipeline/environments; touch site/Dockerfile
                cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                cat > bin/docker <<'END'
                #!/bin/sh
                test "$1" != version || exec sleep 600
                exit 1
                END
                chmod +x bin/docker
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "image-missing",
            exit: 1,
            ["run", "image"],
            definition: .site,
            setup: #"""
                mkdir -p site bin pipeline/environments; touch site/Dockerfile
                cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                cat > bin/docker <<'END'
                #!/bin/sh
                case "$1 $2" in
                "image inspect") exit 1 ;;
                "image inspect") echo '[{"Id": "sha256:'$(printf '%064d' 7)'", "Size": 1, "Os": "linux", "Architecture": "amd64"}]' ;;
                "version "*) echo '{"Version": "28"}' ;;
                esac
                END
                chmod +x bin/docker
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "image-push-no-digest",
            exit: 1,
            ["run", "push"],
            definition: .site,
            setup: #"""
                mkdir -p site bin pipeline/environments; touch site/Dockerfile
                cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                cat > bin/docker <<'END'
                #!/bin/sh
                case "$1 $2" in
                "push "*) echo "The push refers to repository" ;;
                "image inspect") echo '[{"Id": "sha256:'$(printf '%064d' 7)'", "Size": 1, "Os": "linux", "Architecture": "amd64"}]' ;;
                "version "*) echo '{"Version": "28"}' ;;
                esac
                END
                chmod +x bin/docker
                PATH="$PWD/bin:$PATH" $PIPELINE run image
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "bad-allowance",
            exit: 1,
            ["run", "push"],
            definition: #"""
                project: p
                stages:
                  image: { kind: image, context: site }
                  push: { kind: push, needs: image, scan: always, allow: [demo.pkl] }
                  sync: { kind: sync, data: [out] }
                  deploy: { kind: deploy, needs: [push, sync] }
                """#,
            setup: #"""
                mkdir -p site bin pipeline/environments; touch site/Dockerfile
                cat > pipeline/environments/there.yaml <<'END'
                kind: local
                repository: 127.0.0.1:5000/p
                data: { root: .pipeline/slots }
                site: { port: 18999 }
                END
                cat > bin/docker <<'END'
                #!/bin/sh
                case "$1 $2" in
                "push "*) ;;
                "image inspect") echo '[{"Id": "sha256:'$(printf '%064d' 7)'", "Size": 1, "Os": "linux", "Architecture": "amd64"}]' ;;
                "version "*) echo '{"Version": "28"}' ;;
                esac
                END
                chmod +x bin/docker
                PATH="$PWD/bin:$PATH" $PIPELINE run image
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/local/bin:/usr/bin:/bin"]),
        ErrorCase(
            "no-repository",
            exit: 1,
            ["prune", "-e", "here"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; printf 'kind: data\ndata: { root: .pipeline/slots, slots: 2 }\n' > pipeline/environments/here.yaml
                """#),
        ErrorCase(
            "not-amazon",
            exit: 1,
            ["prune"],
            definition: .site,
            setup: #"""
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: beanstalk
                repository: ghcr.io/lab/p
                data: { route: transfer, root: p, file_system: fs-0123456789abcdef0 }
                site: {}
                aws: { region: us-east-2, account: "123456789012" }
                beanstalk: { application: a, environment: e }
                END
                """#),
    ]
}
