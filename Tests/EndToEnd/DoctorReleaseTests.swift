import Processes
import Testing

/// `doctor` without an error means that `run deploy` can begin.
struct DoctorReleaseTests {
    @Test("a project that doctor finds nothing wrong with deploys", arguments: ReleaseTests.kinds)
    func deploys(kind: String) throws {
        let project = try SiteProject(kind)
        let doctor = try project.pipeline("doctor", "-e", kind)
        #expect(doctor.exit == .exited(0), "\(doctor.standardOutputText)")
        #expect(doctor.standardOutputText.contains("inputs            those of 2 units"))
        let run = try project.pipeline("run", "deploy", "-e", kind)
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        let again = try project.pipeline("doctor", "-e", kind)
        #expect(again.exit == .exited(0), "\(again.standardOutputText)")
        #expect(again.standardOutputText.contains("this environment's front listens"))

        try project.write("site/Dockerfile", "FROM 127.0.0.1:1/no/such:image\n")
        let base = try project.pipeline("doctor", "-e", kind)
        #expect(base.exit == .exited(kind == "local" ? 1 : 0), "\(base.standardOutputText)")
        #expect(
            base.standardOutputText.contains("127.0.0.1:1/no/such:image of site/Dockerfile")
                == (kind == "local"), "a preview builds no image")
        guard kind == "local" else { return }
        // A registry that does not answer is not needed for what the engine has.
        let tagged = try project.shell(
            "tar -c -T /dev/null | docker import - 127.0.0.1:1/no/such:image")
        #expect(tagged.exit == .exited(0))
        let kept = try project.pipeline("doctor", "-e", kind)
        _ = try project.shell("docker rmi 127.0.0.1:1/no/such:image")
        #expect(kept.exit == .exited(0), "\(kept.standardOutputText)")
        #expect(kept.standardOutputText.contains("127.0.0.1:1/no/such:image is on this machine"))
    }
}
