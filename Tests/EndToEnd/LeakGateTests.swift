import Failures
import FoundationEssentials
import Posix
import Processes
import Testing

/// The leak gate on the built program, with a real engine and registry.
@Suite(
    "The leak gate before a push",
    .enabled(
        if: Environment.value("PIPELINE_TEST_REGISTRY") != nil, "needs an engine and a registry"))
struct LeakGateTests {
    /// A project whose image has nothing but what is written below `site/`.
    private func project(push: String = "") throws -> SiteProject {
        let project = try SiteProject("local")
        try FileSystem.remove("\(project.root)/pipeline/environments/preview.yaml")
        try project.write(
            "pipeline/pipeline.yaml",
            """
            project: tiny
            stages:
              image: { kind: image, context: site }
              push: { kind: push, needs: image, scan: always\(push) }
              sync: { kind: sync, data: data/compiled }
            """)
        try project.write("site/Dockerfile", "FROM scratch\nCOPY notes.txt /notes.txt\n")
        try project.write("site/notes.txt", "\(UUID().uuidString)\n")
        try project.write("data/compiled/patients.csv", "a,b\n\(UUID().uuidString),2\n")
        return project
    }

    @Test("D65: with a list of data that cannot be made nothing is pushed")
    func unknownData() throws {
        let project = try project()
        let data = try FileSystem.readText("\(project.root)/data/compiled/patients.csv")
        try project.write("site/notes.txt", data)
        let found = try project.pipeline("run", "push")
        #expect(found.exit == .exited(1))
        #expect(found.standardErrorText.contains("error[leaks-found]"))
        #expect(!found.standardErrorText.contains(data.suffix(20)))
        try FileSystem.symbolicLink(
            to: "/etc/hostname", at: "\(project.root)/data/compiled/link")
        let unknown = try project.pipeline("run", "push")
        #expect(unknown.exit == .exited(1))
        #expect(
            unknown.standardErrorText.contains("error[leaks-data-unknown]"),
            "\(unknown.standardErrorText)")
        #expect(unknown.standardErrorText.contains("link"), "\(unknown.standardErrorText)")
        try FileSystem.remove("\(project.root)/data/compiled/link")
        try project.write("site/notes.txt", "no data\n")
        let clean = try project.pipeline("run", "push")
        #expect(clean.exit == .exited(0), "\(clean.standardErrorText)")
    }

    @Test("what the image alone holds is found there, and an allowance for nothing is named")
    func imageAlone() throws {
        let project = try project(push: ", allow: [data-file none.pkl]")
        let definition = try FileSystem.readText("\(project.root)/pipeline/pipeline.yaml")
        try project.write(
            "pipeline/pipeline.yaml",
            definition.replacing(
                "context: site }", with: "context: site, pass_build_arguments: { K: LEAKED } }"))
        try project.write(
            "site/Dockerfile", "FROM scratch\nARG K\nCOPY notes.txt /notes.txt\nENV KEY=$K\n")
        func push(_ value: String) throws -> ProcessOutput {
            var command = project.command(["run", "push"])
            command.environment["LEAKED"] = value
            return try ProcessRunner.run(command, timeout: 120)
        }
        let key = "AKIA" + "QWERTYUIOPASDFGH"
        let found = try push(key)
        let text = found.standardErrorText
        #expect(found.exit == .exited(1))
        #expect(text.contains("error[leaks-found]"), "\(text)")
        #expect(!text.contains("context: ") && !text.contains(key), "\(text)")
        let clean = try push("nothing")
        let told = clean.standardOutputText + clean.standardErrorText
        #expect(clean.exit == .exited(0), "\(told)")
        #expect(told.contains("nothing is covered by \"allow: data-file none.pkl\""), "\(told)")
    }

    @Test("an image is looked at once, and again when the data changes")
    func once() throws {
        let project = try project()
        // To another repository each time, so that there is something to push.
        func pushed(to name: String) throws -> (ProcessOutput, String) {
            let registry = Environment.value("PIPELINE_TEST_REGISTRY") ?? ""
            try project.write(
                "pipeline/environments/local.yaml",
                project.environmentText(
                    kind: "local", extra: "", repository: "\(registry)/tiny-e2e-\(name)"))
            let output = try project.pipeline("run", "push")
            return (output, output.standardOutputText + output.standardErrorText)
        }
        let (first, told) = try pushed(to: "first")
        #expect(first.exit == .exited(0) && told.contains("nothing leaks: looked at "), "\(told)")
        let (again, toldAgain) = try pushed(to: "second")
        #expect(again.exit == .exited(0) && toldAgain.contains("looked at before"), "\(toldAgain)")
        let notes = try FileSystem.readText("\(project.root)/site/notes.txt")
        try project.write("data/compiled/notes.txt", notes)
        let (changed, _) = try pushed(to: "third")
        #expect(
            changed.standardErrorText.contains("error[leaks-found]"), "\(changed.standardErrorText)"
        )
        #expect(changed.standardErrorText.contains("released-data"), "\(changed.standardErrorText)")
    }

    @Test(
        "a scanner that the stage names looks as well; without it, or where it fails, nothing is pushed"
    )
    func scanner() throws {
        let project = try project(push: ", scanner: gitleaks")
        func push(_ script: String?) throws -> ProcessOutput {
            try? FileSystem.remove("\(project.root)/bin/gitleaks")
            if let script {
                try project.write("bin/gitleaks", "#!/bin/sh\n\(script)\n")
                try FileSystem.changeMode("\(project.root)/bin/gitleaks", to: 0o755)
            }
            let path = "\(project.root)/bin:\(Environment.value("PATH") ?? "")"
            var command = project.command(["run", "push"])
            command.environment["PATH"] = path
            return try ProcessRunner.run(command, timeout: 120)
        }
        let missing = try push(nil)
        #expect(
            missing.standardErrorText.contains("error[leaks-scanner-failed]"),
            "\(missing.standardErrorText)")
        #expect(missing.standardErrorText.contains("not installed"))
        let failing = try push("[ $1 = version ] && echo 1 && exit; echo no rules >&2; exit 2")
        #expect(failing.standardErrorText.contains("no rules"), "\(failing.standardErrorText)")
        // Reports each file that it was given; the last argument is where.
        let found = try push(
            """
            [ $1 = version ] && echo 1 && exit
            for report; do :; done
            find . -type f | sed 's/.*/{"RuleID": "r", "File": "&", "StartLine": 7}/' | paste -sd, \\
              | sed 's/^/[/; s/$/]/' > $report
            """)
        let text = found.standardErrorText
        #expect(
            text.contains(
                "context: notes.txt: found by the scanner (scanner): gitleaks: r, line 7"),
            "\(text)")
        #expect(text.contains(": notes.txt: found by the scanner"), "\(text)")
        let clean = try push(
            "[ $1 = version ] && echo 1 && exit; for report; do :; done; echo '[]' > $report")
        #expect(clean.exit == .exited(0), "\(clean.standardErrorText)")
    }
}
