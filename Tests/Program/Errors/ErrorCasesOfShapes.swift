/// Errors of definitions of sites in other shapes: scripts as they are, names, roots, several deployments.
extension ErrorCase {
    static let shapes: [ErrorCase] = [
        ErrorCase(
            "no-units",
            exit: 1,
            ["init", "--units", "silent.py"],
            definition: .plain,
            setup: "echo 'print(1)' > silent.py"),
        ErrorCase(
            "stage-not-traced",
            exit: 1,
            ["init", "--trace", "compile", "--yes"],
            definition: .plain),
        ErrorCase(
            "no-such-root",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                roots: { raw: /data/lab/raw }
                stages:
                  compile:
                    units:
                      one: { command: "cp {input} {output}", inputs: "roots:row/a", outputs: out/a }
                """#),
        ErrorCase(
            "two-deploys",
            exit: 2,
            ["plan"],
            definition: .site + "  deploy_again: { kind: deploy, needs: [push, sync] }\n"),
        ErrorCase(
            "name-impossible",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  compile:
                    names: verbatim
                    units:
                      one: { matrix: { pair: [a/b] }, command: "touch {output}", outputs: "out/{pair}" }
                """#),
        ErrorCase(
            "in-place-elsewhere",
            exit: 2,
            ["plan"],
            definition: #"""
                project: p
                stages:
                  tables:
                    kind: run
                    command: scripts/tables
                    outputs: [data/tables]
                    executor: slurm
                """#),
    ]
}
