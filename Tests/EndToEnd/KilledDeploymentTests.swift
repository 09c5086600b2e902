import Posix
import Processes
import Testing

/// A deployment that is killed anywhere is finished by the same command; the site answers throughout.
@Suite(.serialized)
struct KilledDeploymentTests {
    @Test("killed at many moments between the first effect and the last")
    func killed() throws {
        let project = try SiteProject("preview")
        #expect(try project.pipeline("run", "deploy", "-e", "preview").exit == .exited(0))
        for moment in 1...8 {
            try project.write("raw.txt", "data \(moment)\n")
            try project.writeApp(code: "code \(moment)")
            let victim = try ChildProcess(
                project.command(["run", "deploy", "-e", "preview"]),
                standardOutput: .null, standardError: .null)
            // Spread over the two seconds from compile to the watched start; which effect is cut
            // differs from run to run, and every one must be survived.
            _ = victim.wait(timeoutMs: moment * 120)
            victim.signal(9)
            _ = victim.wait()
            let page = try project.page()
            #expect(page.hasPrefix("code: "), "something answers: \(page)")

            let run = try project.pipeline("run", "deploy", "-e", "preview")
            #expect(run.exit == .exited(0), "\(run.standardErrorText)")
            let after = try project.page()
            #expect(after == "code: code \(moment); data: DATA \(moment)")
            let sites = Host.processes(withEnvironment: "PIPELINE_SITE=\(project.root)#preview")
            #expect(sites.count == 1, "one site runs, none is left over")
        }
    }
}
