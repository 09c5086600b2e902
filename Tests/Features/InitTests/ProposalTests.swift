import FileFormats
import ProjectScaffold
import Testing

/// Choices from facts, without any disk.
struct ProposalTests {
    private func facts(_ texts: [String: String], data: [String: Int] = [:]) -> SiteFacts {
        var facts = SiteFacts(name: "My Site")
        for (path, text) in texts {
            facts.files.insert(path)
            facts.texts[path] = text
        }
        for (folder, files) in data {
            var counted = FolderFacts()
            for number in 0..<files { counted.count("\(number).csv", bytes: 10) }
            facts.folders[folder] = counted
        }
        return facts
    }

    @Test("without anything there is no proposal; with a Dockerfile alone, image and push")
    func least() throws {
        #expect(Proposal.make(facts(["notes.py": "print()"])) == nil)
        let proposal = try #require(Proposal.make(facts(["Dockerfile": "FROM x\n"])))
        #expect(proposal.project == "my-site")
        #expect(proposal.stages.map(\.name) == ["image", "push"])
        #expect(proposal.definition.contains("No folder of data was found."))
    }

    @Test(
        "each framework is asked where it answers, and a site that names no release is known otherwise",
        arguments: [
            (
                "[\"streamlit\", \"run\", \"app.py\"]", "/_stcore/health, identity: none,",
                "path: /\n"
            ),
            (
                "[\"datasette\", \"serve\", \"a.db\"]", "/-/versions.json, identity: none,",
                "path: /\n"
            ),
            (
                "[\"panel\", \"serve\", \"pages/dash.py\"]", "/dash, identity: none,",
                "path: /dash\n      contains: '\"root_ids\":[\"'\n"
            ),
            ("[\"panel\", \"serve\", \"a.py\", \"b.py\"]", "/, identity: none,", "path: /\n"),
            ("[\"shiny\", \"run\", \"app.py\"]", "/, identity: none,", "path: /\n"),
            ("[\"gunicorn\", \"app:server\"]", "/, identity: none,", "path: /\n"),
        ])
    func health(command: String, page: String, smoke: String) throws {
        let proposal = try #require(
            Proposal.make(facts(["Dockerfile": "FROM x\nCMD \(command)\n"], data: ["data": 2])))
        let text = try #require(proposal.environments.first).text
        #expect(text.contains("health: { path: \(page)"), "\(text)")
        #expect(text.contains("smoke:\n    - \(smoke)"), "\(text)")
    }

    @Test("a site that names its release is asked for it")
    func named() throws {
        let site = "@app.get(\"/health\")\ndef health(): return os.environ[\"PIPELINE_RELEASE\"]\n"
        let proposal = try #require(
            Proposal.make(
                facts(["Dockerfile": "FROM x\n", "app.py": site], data: ["data": 2])))
        let text = try #require(proposal.environments.first).text
        #expect(text.contains("health: { path: /health, steady_for: 5s"), "\(text)")
    }

    @Test("data that the Dockerfile copies is not hidden from the build, and it is said")
    func copied() throws {
        let proposal = try #require(
            Proposal.make(
                facts(["Dockerfile": "FROM x\nCOPY ./data/small /data\n"], data: ["data": 2])))
        #expect(!proposal.keptOut.contains("data"))
        #expect(proposal.notes.contains { $0.contains("copies data into the image") })
    }

    @Test(
        "data in the folder of the site: the image is built there, and its own names are left out")
    func below() throws {
        let proposal = try #require(
            Proposal.make(
                facts(
                    ["web/Dockerfile": "FROM x\nCOPY app.py .\n", "web/app.py": "serve"],
                    data: ["web": 9, "web/data": 3])))
        #expect(proposal.context == "web")
        #expect(proposal.keptOut == ["data"])
    }

    @Test("a folder that holds nothing but raw data is what the site reads")
    func onlyRaw() throws {
        let proposal = try #require(
            Proposal.make(facts(["Dockerfile": "FROM x\n"], data: ["data": 3, "data/raw": 3])))
        #expect(!proposal.definition.contains("exclude:"))
    }

    /// A program that reads and writes, and runs nothing.
    private func program(
        _ path: String, reads: [String] = [], writes: [String] = [], deeds: Set<Program.Deed> = []
    ) -> Program {
        var program = Program(path: path, language: .python)
        program.accesses =
            reads.map { Program.Access(.read, $0, file: path, line: 1) }
            + writes.map { Program.Access(.write, $0, file: path, line: 2) }
        program.deeds = deeds
        return program
    }

    @Test("outputs of a loop have the check of the format that their ending stands for")
    func checks() throws {
        func stage(_ output: String) throws -> String {
            var facts = facts(["make.py": ""])
            facts.programs = [program("make.py", writes: [output])]
            return try #require(UnitsProposal.make(facts, script: "make.py")).stage
        }
        for format in FileFormat.all {
            for ending in format.endings {
                #expect(
                    try stage("out/{year}.\(ending)").hasSuffix("      check: \(format.name)\n"))
            }
        }
        #expect(try !stage("out/{year}.csv").contains("check:"))
    }

    private func proposal(_ programs: [Program]) throws -> Proposal {
        var facts = facts(Dictionary(uniqueKeysWithValues: programs.map { ($0.path, "") }))
        facts.programs = programs
        return try #require(Proposal.make(facts))
    }

    @Test("stages follow from files, whatever their names are")
    func order() throws {
        let made = try proposal([
            program("a_last.py", reads: ["out/2020.csv"], writes: ["out/all.csv"]),
            program("z_first.py", reads: ["raw/{year}.csv"], writes: ["out/{year}.csv"]),
        ])
        #expect(made.stages.map(\.name) == ["compile", "a_last", "sync"])
        #expect(made.definition.contains("    needs: compile\n"))
        #expect(made.definition.contains("    inputs: [\"raw/*.csv\"]\n"))
        #expect(made.definition.contains("    inputs: [\"out/2020.csv*\"]\n"))
        #expect(made.questions.isEmpty)
    }

    @Test("two that write one file, and two that wait for each other, are questions and no stages")
    func ambiguous() throws {
        let made = try proposal([
            program("new.py", writes: ["out/a.csv"]), program("old.py", writes: ["out/a.csv"]),
            program("p.py", reads: ["out/q.csv"], writes: ["out/p.csv"]),
            program("q.py", reads: ["out/p.csv"], writes: ["out/q.csv"]),
            program("r.py", reads: ["in.csv"], writes: ["out/r.csv"]),
        ])
        #expect(made.stages.map(\.name) == ["compile", "sync"])
        #expect(
            made.questions.map(\.text) == [
                "which one makes out/a.csv?", "in which order do p.py and q.py run?",
            ])
        #expect(made.definition.contains("# Question: which one makes out/a.csv?\n"))
        #expect(made.definition.contains("# - old.py: command: [python3, old.py]\n"))
    }

    @Test("what installs, deploys, deletes or downloads is no stage, and it is said")
    func deeds() throws {
        let made = try proposal([
            program("get.py", writes: ["raw/a.csv"], deeds: [.download]),
            program("make.py", reads: ["raw/a.csv"], writes: ["out/a.csv"]),
        ])
        #expect(made.stages.map(\.name) == ["compile", "sync"])
        #expect(made.notes.contains { $0.hasPrefix("get.py downloads, so it is no stage") })
    }

    @Test(
        "paths meet where some file has both forms",
        arguments: [
            ("data/{a}.csv", "data/x.csv", true), ("data/{a}.csv", "data/{b}_1.csv", true),
            ("data/{a}.csv", "data/x/y.csv", false), ("data/{a}.csv", "data/{b}.tsv", false),
            ("{a}_x", "y_{b}", true), ("a{{b", "a{{b", true), ("", "", true),
        ])
    func meeting(one: String, other: String, isSo: Bool) {
        #expect(PathTemplate(one).meets(PathTemplate(other)) == isSo)
        #expect(PathTemplate(other).meets(PathTemplate(one)) == isSo)
    }

    @Test("a Dockerfile with an ignore file of its own is passed over, and it is said")
    func ownIgnoreFile() throws {
        let proposal = try #require(
            Proposal.make(
                facts(
                    ["Dockerfile": "FROM x\n", "Dockerfile.dockerignore": "a\n"], data: ["data": 1])
            ))
        #expect(proposal.stages.map(\.name) == ["sync"])
        #expect(proposal.notes.contains { $0.contains("Dockerfile.dockerignore") })
    }
}
