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

    @Test("programs that only import, serve or test make no stage")
    func otherPrograms() {
        let texts = [
            "tests/data.py": "x.to_csv('a')", "lib.py": "def f(x):\n    x.to_csv('a')\n",
            "app.py": "x.to_csv('a')\nif __name__ == '__main__':\n    app.run()\n",
            "train.py": "x.to_csv('a')\n", "deploy.sh": "docker build .\n",
        ]
        #expect(Proposal.make(facts(texts)) == nil)
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
