import FoundationEssentials
import Posix
import Processes
import Testing

/// A rollback or deployment that cannot end well is refused before anything is changed.
@Suite(.serialized)
struct ImpossibleRollbackTests {
    private func twoReleases(_ kind: String) throws -> SiteProject {
        let project = try SiteProject(kind)
        // Images of this project alone: those of equal content are one, and others' tests run beside this one.
        let own = "OWN = \"\(UUID().uuidString)\""
        try project.writeApp(code: "first code", behaviour: own)
        let first = try project.pipeline("run", "deploy", "-e", kind)
        try #require(first.exit == .exited(0), "\(first.standardErrorText)")
        try project.writeApp(code: "second code", behaviour: own)
        try project.write("raw.txt", "second data\n")
        let second = try project.pipeline("run", "deploy", "-e", kind)
        try #require(second.exit == .exited(0), "\(second.standardErrorText)")
        return project
    }

    /// Deployments and slots as the ledger has them.
    private func records(_ project: SiteProject) throws -> String {
        try project.shell(
            "sqlite3 .pipeline/ledger.sqlite 'select count(*) from deployments; select * from slots'"
        ).standardOutputText
    }

    private func expectRefused(
        _ project: SiteProject, _ code: String, _ records: String
    ) throws {
        let back = try project.pipeline("rollback", "-e", project.environment)
        #expect(back.exit == .exited(1))
        #expect(back.standardErrorText.contains("error[\(code)]"), "\(back.standardErrorText)")
        #expect(try project.page() == "code: second code; data: SECOND DATA")
        #expect(try self.records(project) == records, "nothing was begun")
    }

    @Test("the code is lost from the store", arguments: ["rm", "damage"])
    func code(fault: String) throws {
        let project = try twoReleases("preview")
        let records = try records(project)
        _ = try project.shell(
            """
            rm -rf .pipeline/environments/preview/code
            for f in $(grep -rlE 'first code' .pipeline/store); do
              chmod u+w $f; \(fault == "rm" ? "rm $f" : "echo x > $f"); done
            """)
        try expectRefused(project, "content-lost", records)
    }

    @Test(
        "the image is gone from this machine and from the registry",
        .enabled(if: hasEngine, "needs a Docker engine"))
    func image() throws {
        let project = try twoReleases("local")
        let records = try records(project)
        _ = try project.shell(
            """
            image=$(sqlite3 .pipeline/ledger.sqlite 'select image from releases order by number limit 1')
            registry=${image%%/*}; rest=${image#*/}; name=${rest%%@*}; digest=${rest#*@}
            curl -sf -X DELETE http://$registry/v2/$name/manifests/$digest
            id=$(docker image inspect --format '{{.Id}}' $image); docker image rm -f $id
            """)
        try expectRefused(project, "image-gone", records)
    }
}
