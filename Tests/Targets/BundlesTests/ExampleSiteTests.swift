import Bundles
import Testing

enum ExampleSite {
    /// The project's own Beanstalk files are in `site/`.
    static var folder: String {
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/site"
    }
}

@Suite struct ExampleSiteTests {
    @Test func isCleanAndComplete() throws {
        let plan = try Bundle.plan(.example(), folder: ExampleSite.folder)
        #expect(plan.findings.map(\.description) == [])
        let paths = plan.entries.filter { !$0.path.contains("pipeline") }.map(\.path)
        #expect(
            paths == [
                ".ebextensions/env_var.config", ".ebextensions/increase-timeout.config",
                ".ebextensions/memory_monitor.config",
                ".ebextensions/show_efs_inside_app_dir.config",
                ".platform/hooks/predeploy/mount-efs.sh", ".platform/nginx/conf.d/proxy.conf",
                "Dockerrun.aws.json",
            ])
        #expect(plan.entry(".platform/hooks/predeploy/mount-efs.sh")?.isExecutable == true)
        // The host port of the template is kept.
        #expect(plan.text("Dockerrun.aws.json")?.contains("\"HostPort\": 8000") == true)
    }
}
