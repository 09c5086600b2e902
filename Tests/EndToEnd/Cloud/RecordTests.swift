import FoundationEssentials
import Processes
import Testing

/// What the ledger can tell afterwards: what was made from what, and what is deployed where.
@Suite(.serialized)
struct RecordTests {
    private struct Releases: Decodable {
        let environments: [Environment]

        struct Environment: Decodable {
            let environment: String
            let live: Int?
            let releases: [Release]
        }

        struct Release: Decodable {
            let release: Int
            let manifest: String
            let commit: String?
            let deployments: [Deployment]
        }

        struct Deployment: Decodable {
            let outcome: String?
            let slot: String?
            let user: String?
            let liveFrom: String?
        }
    }

    private struct Place: Decodable {
        let address: String
        let liveRelease: Int?
    }

    private func decode<Value: Decodable>(_ output: ProcessOutput) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(output.standardOutput))
    }

    private func line(_ project: SiteProject, _ command: String) throws -> String {
        let text = try project.shell(command).standardOutputText
        return String(text.prefix { $0 != "\n" })
    }

    @Test("of each deployment: commit, data, who, since when; and where the site answers")
    func deployed() throws {
        let project = try SiteProject("preview")
        let before: Place = try decode(project.pipeline("open", "-e", "preview", "--json"))
        #expect(before.liveRelease == nil)
        _ = try project.shell(
            "git init -q && git add -A && git -c user.name=t -c user.email=t@localhost commit -qm x"
        )
        let run = try project.pipeline("run", "deploy", "-e", "preview")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")

        let releases: Releases = try decode(project.pipeline("releases", "--json"))
        let environment = try #require(
            releases.environments.first { $0.environment == "preview" })
        let release = try #require(environment.releases.first)
        #expect(environment.live == release.release)
        #expect(release.commit == (try line(project, "git rev-parse HEAD")))
        #expect(
            try project.shell("curl -s http://127.0.0.1:\(project.port)/health")
                .standardOutputText.contains(release.manifest))
        let deployment = try #require(release.deployments.first)
        #expect(deployment.outcome == "live" && deployment.slot == "a")
        #expect(deployment.user != nil && deployment.liveFrom != nil)

        let place: Place = try decode(project.pipeline("open", "-e", "preview", "--json"))
        #expect(place.address == "http://127.0.0.1:\(project.port)/")
        #expect(place.liveRelease == release.release)
        let printed = try project.pipeline("open", "-e", "preview", "--print")
        #expect(printed.standardOutputText == place.address + "\n")

        let put = try project.pipeline("data", "put", "raw.txt", "a/compiled", "-e", "preview")
        #expect(put.exit == .exited(1))
        #expect(put.standardErrorText.contains("error[slot-live]"), "\(put.standardErrorText)")
    }

    @Test("of each unit: digests of inputs and outputs, duration, outcome; --force runs all again")
    func made() throws {
        let project = try SiteProject("preview")
        #expect(try project.pipeline("run", "compile", "-e", "preview").exit == .exited(0))
        let input = try line(project, "sha256sum raw.txt | cut -d ' ' -f 1")
        let output = try line(project, "sha256sum data/compiled/line.txt | cut -d ' ' -f 1")
        let recorded = try line(
            project,
            "sqlite3 -readonly .pipeline/ledger.sqlite \"select json_extract(i.content, "
                + "'$.\\\"raw.txt\\\"'), lower(hex(r.digest)), r.size, a.outcome, a.duration_ms >= 0 "
                + "from units u join attempts a on a.id = u.success_id join artifacts r "
                + "on r.attempt_id = a.id join component_sets i on i.id = a.inputs_id "
                + "where u.name = 'compile/shout'\"")
        #expect(recorded == "\(input)|\(output)|11|done|1")

        let before = try project.attempts("'compile'")
        let forced = try project.pipeline("run", "compile", "-e", "preview", "--force", "--json")
        #expect(forced.exit == .exited(0))
        #expect(forced.standardOutputText.contains("asked for by --force"))
        #expect(before == "2\n")
        #expect(try project.attempts("'compile'") == "4\n", "both units ran again")
    }
}
