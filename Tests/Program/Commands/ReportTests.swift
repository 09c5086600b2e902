import FoundationEssentials
import Posix
import Processes
import Testing

/// `pipeline report` on the built program; the page itself is looked at in a browser elsewhere.
struct ReportTests {
    private static let definition = """
        project: small
        stages:
          compile:
            kind: compile
            units:
              good:
                matrix: { n: [1, 2] }
                command: cp {input} {output}
                inputs: raw.txt
                outputs: data/compiled/{n}.txt
              bad:
                command: sh -c "seq 1000; echo the end; exit 3"
                outputs: data/compiled/bad.txt

        """

    private func project() throws -> UnitProject {
        let project = try UnitProject(Self.definition)
        try project.write("raw.txt", "one\n")
        return project
    }

    private struct Document: Decodable {
        let project: String
        let runs: [Run]
        let families: [Family]
        let units: [Unit]
        let attempts: [Attempt]
        let failures: [Failure]

        struct Run: Decodable {
            let run: Int
            let outcome: String?
            let ran: Int
            let restored: Int
            let failed: Int
            let reasons: [String: Int]
            let attemptsLeftOut: Int
        }
        struct Family: Decodable {
            let family: String
            let units: Int
            let ran: Int
            let restored: Int
            let failed: Int
            let bytes: Int
        }
        struct Unit: Decodable {
            let unit: String
            let ran: Int
            let restored: Int
            let bytes: Int
        }
        struct Attempt: Decodable {
            let unit: String
            let run: Int
            let durationMs: Int?
        }
        struct Failure: Decodable {
            let unit: String
            let times: Int
            let standing: Bool
            let message: String?
            let tail: String?
            let tailCut: Bool
        }
    }

    private func document(_ project: UnitProject, _ arguments: String...) throws -> Document {
        let output = try project.tool(arguments: ["report", "--json"] + arguments)
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Document.self, from: Data(output.standardOutput))
    }

    @Test("a project that has never run has a report too")
    func empty() throws {
        let project = try project()
        let output = try project.tool("report")
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        #expect(output.standardOutputText == project.path("pipeline-report.html") + "\n")
        #expect(try project.text("pipeline-report.html").hasPrefix("<!doctype html>"))
        #expect(try !project.exists(".pipeline"), "nothing is made but the file")
        #expect(try document(project).runs.isEmpty)
    }

    @Test("it counts what ran, what came from the store and what failed, with the end of the log")
    func counts() throws {
        let project = try project()
        try project.run()
        try project.write("raw.txt", "two\n")
        try project.run()
        try project.write("raw.txt", "one\n")
        try project.run()
        let all = try document(project)
        #expect(all.project == "small")
        #expect(all.runs.map(\.run) == [3, 2, 1])
        #expect(all.runs.map(\.ran) == [0, 2, 2])
        #expect(all.runs.map(\.restored) == [2, 0, 0])
        #expect(all.runs.map(\.failed) == [1, 1, 1])
        #expect(all.runs.map(\.outcome) == ["failed", "failed", "failed"])
        #expect(all.runs.last?.reasons == ["never-ran": 3])
        #expect(all.runs[1].reasons["input-changed"] == 2)
        let good = try #require(all.units.first { $0.unit == "compile/good/1" })
        #expect([good.ran, good.restored, good.bytes] == [2, 1, 4])
        #expect(Set(all.families.map(\.family)) == ["compile/good", "compile/bad"])
        let family = try #require(all.families.first { $0.family == "compile/good" })
        #expect([family.units, family.ran, family.restored, family.bytes] == [2, 4, 2, 8])
        #expect(all.families.first { $0.family == "compile/bad" }?.failed == 3)
        #expect(all.attempts.count == 9)
        #expect(all.attempts.allSatisfy { $0.durationMs != nil })

        let failure = try #require(all.failures.first)
        #expect(all.failures.count == 1)
        #expect(failure.unit == "compile/bad")
        #expect(failure.times == 3 && failure.standing)
        #expect(failure.message?.contains("exit status 3") == true)
        #expect(failure.tail?.hasSuffix("1000\nthe end") == true)
        #expect(failure.tailCut)
        #expect(failure.tail?.split(separator: "\n").count == 60)

        let newest = try document(project, "--runs", "1")
        #expect(newest.runs.map(\.run) == [3])
        #expect(newest.failures.first?.times == 1)
        #expect(newest.attempts.count == 3)
    }

    @Test("a definition that cannot be planned leaves the history to see")
    func brokenDefinition() throws {
        let project = try project()
        try project.run()
        try project.write(
            "pipeline/pipeline.yaml",
            Self.definition.replacing("data/compiled/bad.txt", with: "data/compiled/1.txt"))
        let output = try project.tool("report", "--json")
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        #expect(output.standardOutputText.contains("would both write"))
        #expect(try document(project).runs.count == 1)
    }

    @Test("it replaces an older report, and nothing else")
    func replaces() throws {
        let project = try project()
        #expect(try project.tool("report", "--output", "out.html").exit == .exited(0))
        #expect(try project.tool("report", "--output", "out.html").exit == .exited(0))
        let refused = try project.tool("report", "-o", "raw.txt")
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("is no report"))
        #expect(try project.text("raw.txt") == "one\n")
        #expect(try project.tool("report", "-o", "pipeline").exit == .exited(1))
        #expect(try project.tool("report", "--runs", "0").exit == .exited(2))
    }

    @Test("with --live a port that is taken is named")
    func portTaken() throws {
        let (descriptor, port) = try LoopbackSocket.listen(port: 0)
        defer { Descriptors.close(descriptor) }
        let refused = try project().tool("report", "--live", "--port", String(port))
        #expect(refused.exit == .exited(1))
        #expect(
            refused.standardErrorText.hasPrefix("error[port-taken]: port \(port) of this machine"),
            "\(refused.standardErrorText)")
    }
}
