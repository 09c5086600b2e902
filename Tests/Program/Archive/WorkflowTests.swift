import Digests
import Posix
import Processes
import Testing

/// The workflow files of the guide's page about continuous integration, on the built program: their own lines are run, each job
/// in a clone that was just made. What remains between jobs is the archive, and the place that is deployed to.
struct WorkflowTests {
    /// A repository with a site of four files, an archive, and the key that signs in continuous integration.
    private final class Site {
        private let scratch = ScratchPlace()
        let archive: String
        let www: String
        let key: String
        private var jobs = 0

        init() throws {
            archive = scratch.path + "/archive"
            www = scratch.path + "/www"
            key = scratch.path + "/ci"
            try FileSystem.createDirectories(www)
            _ = try shell(
                """
                ssh-keygen -q -t ed25519 -N '' -C ci -f "$PWD/ci"
                git init -q -b main site && cd site
                mkdir -p pipeline/environments src
                for name in index b c d; do echo "first $name" > src/$name.txt; done
                cp ../ci.pub pipeline/ci.pub
                echo "ci@lab $(cat ../ci.pub)" > pipeline/allowed_signers
                printf '.pipeline/\\npublic/\\n' > .gitignore
                """)
            try FileSystem.writeAtomically(
                Array(
                    """
                    project: figures
                    archive: { root: \(archive), sign: ~/.ssh/id_ed25519 }
                    stages:
                      compile:
                        units:
                          page:
                            matrix: { name: [index, b, c, d] }
                            command: sh -c "tr a-z A-Z < {input} > {output}"
                            inputs: "src/{name}.txt"
                            outputs: "public/{name}.html"
                      sync: { kind: sync, needs: compile, data: public }
                      deploy: { kind: deploy, needs: sync }

                    """.utf8), to: scratch.path + "/site/pipeline/pipeline.yaml")
            try FileSystem.writeAtomically(
                Array(
                    "kind: static\ndata: { root: \(www), slots: 3 }\nstatic: { folder: public }\n"
                        .utf8),
                to: scratch.path + "/site/pipeline/environments/production.yaml")
            try commit("the site", to: "main")
        }

        @discardableResult
        func shell(_ text: String) throws -> String {
            let output = try ProcessRunner.run(
                ProcessCommand(
                    ["bash", "-eu", "-c", text],
                    environment: [
                        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
                        "GIT_AUTHOR_NAME": "ada", "GIT_AUTHOR_EMAIL": "ada@lab.example",
                        "GIT_COMMITTER_NAME": "ada", "GIT_COMMITTER_EMAIL": "ada@lab.example",
                    ], directory: scratch.path), timeout: 60)
            try #require(output.exit.isSuccess, "\(output.standardErrorText)")
            return output.standardOutputText
        }

        private func commit(_ message: String, to branch: String) throws {
            try shell("cd site && git add -A && git commit -qm '\(message)'")
        }

        /// A branch of main with one file changed.
        func change(_ file: String, to text: String, on branch: String) throws {
            try shell(
                "cd site && git checkout -q -b \(branch) main && echo '\(text)' > src/\(file).txt")
            try commit("change \(file)", to: branch)
            try shell("cd site && git checkout -q main")
        }

        func merge(_ branch: String) throws {
            try shell("cd site && git merge -q --no-ff -m merge \(branch)")
        }

        /// Runs all jobs of an event. Their names, and what each printed.
        func run(
            _ service: WorkflowService, isRequest: Bool, branch: String, withKey: Bool = true
        ) throws -> [(name: String, outcome: WorkflowJob.Outcome)] {
            let event = WorkflowEvent(
                isRequest: isRequest, key: withKey ? try FileSystem.readText(key) : nil)
            return try service.jobs(at: event).map { job in
                jobs += 1
                let home = "\(scratch.path)/job-\(jobs)"
                let outcome = try job.run(
                    service, event, of: scratch.path + "/site", at: branch, home: home)
                #expect(outcome.isSuccess, "\(job.name): \(outcome.printed)")
                // Nothing of a job is left for the next one.
                try FileSystem.removeTree(home)
                return (job.name, outcome)
            }
        }

        /// Each file of the archive with its digest.
        func contents() throws -> [String] {
            try scratch.files("archive").map { "\($0) \(try Digest.ofFile($0))" }
        }

        func page(_ name: String) throws -> String {
            try FileSystem.readText("\(www)/current/public/\(name).html")
        }
    }

    @Test(
        "W4: main makes and sends, a request makes what it changed, a merge deploys, a fork reads and never writes",
        arguments: WorkflowService.allCases)
    func life(service: WorkflowService) throws {
        let site = try Site()
        let first = try site.run(service, isRequest: false, branch: "main")
        #expect(first.map(\.name) == ["compile", "deploy"])
        #expect(first[0].outcome.printed.contains("compile  4 ran"), "\(first[0].outcome.printed)")
        #expect(first[0].outcome.printed.contains("sent 4 results to the archive"))
        #expect(
            first[1].outcome.printed.contains("compile  4 fetched"), "\(first[1].outcome.printed)")
        #expect(try site.page("b") == "FIRST B\n")

        try site.change("b", to: "second b", on: "request")
        let request = try site.run(service, isRequest: true, branch: "request")
        #expect(request.map(\.name) == ["compile"])
        #expect(
            request[0].outcome.printed.contains("compile  1 ran, 3 fetched"),
            "\(request[0].outcome.printed)")
        #expect(try site.page("b") == "FIRST B\n")
        if service == .gitHub {
            #expect(
                request[0].outcome.summary.contains("3 to fetch from the archive"),
                "\(request[0].outcome.summary)")
        }

        try site.merge("request")
        let merged = try site.run(service, isRequest: false, branch: "main")
        for job in merged {
            #expect(job.outcome.printed.contains("compile  4 fetched"), "\(job.outcome.printed)")
        }
        #expect(try site.page("b") == "SECOND B\n")

        let before = try site.contents()
        #expect(before.count >= 4)
        try site.change("index", to: "of a fork", on: "fork")
        let fork = try site.run(service, isRequest: true, branch: "fork", withKey: false)
        #expect(
            fork[0].outcome.printed.contains("compile  1 ran, 3 fetched"),
            "\(fork[0].outcome.printed)")
        #expect(!fork[0].outcome.printed.contains("to the archive"), "\(fork[0].outcome.printed)")
        #expect(try site.contents() == before)
    }
}
