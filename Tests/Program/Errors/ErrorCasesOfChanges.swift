/// Errors of what changes while it is worked with, and after it was looked at.
extension ErrorCase {
    static let changes = [
        ErrorCase(
            "content-changed",
            exit: 1,
            ["rollback", "--to", "1"],
            definition: .site,
            setup: #"""
                mkdir site out; echo x > out/x; touch site/Dockerfile
                mkdir -p pipeline/environments; cat > pipeline/environments/there.yaml <<'END'
                kind: preview
                data: { root: .pipeline/slots }
                site: { command: "true", port: 18999 }
                END
                "$PIPELINE" run deploy >first.log 2>&1 && exit 1
                rm -rf .pipeline/slots; echo y > out/x
                """#),
        // ssh is called first for a look at what the change concerns, after the pack was read back.
        ErrorCase(
            "published-differs",
            exit: 5,
            ["data", "pack", "tree", "--publish", "packs"],
            definition: .site,
            setup: #"""
                mkdir tree data bin pipeline/environments; echo x > tree/x
                cat > pipeline/environments/there.yaml <<END
                kind: data
                data: { route: sftp, host: there, root: $PWD/data, layout: in-place }
                END
                cat > bin/ssh <<'END'
                #!/bin/sh
                [ -e changed ] || { touch changed; printf x | dd of=tree.sqfs conv=notrunc 2>/dev/null; }
                exec /usr/lib/openssh/sftp-server
                END
                chmod +x bin/ssh
                """#,
            environment: ["PATH": "$ROOT/bin:/usr/bin:/bin"], varies: true),
    ]
}
