import Bundles
import Posix
import Processes
import Testing

@Suite struct PruneHookTests {
    let scratch: Scratch
    private let other = "public.ecr.aws/lab/ct-site@sha256:" + String(repeating: "cd", count: 32)
    private let old = "public.ecr.aws/lab/ct-site@sha256:" + String(repeating: "ef", count: 32)

    init() throws { scratch = try Scratch() }

    /// Runs the hook with a `docker` that writes down what it is asked.
    private func prune(docker: String?) throws -> (output: ProcessOutput, calls: [String]) {
        let plan = try Bundle.plan(.example { $0.retainedImages = [other] }, folder: scratch.root)
        let hook = try #require(plan.text(".platform/hooks/postdeploy/zz_pipeline_prune.sh"))
        try scratch.write(hook, to: "hook/prune.sh", mode: 0o755)
        try scratch.write("", to: "calls")
        var environment: [String: String?] = ["PATH": "/nonexistent"]
        if let docker {
            try scratch.write(
                "#!/bin/bash\necho \"$*\" >>\(scratch.path("calls"))\n\(docker)\n",
                to: "bin/docker", mode: 0o755)
            environment["PATH"] = scratch.path("bin") + ":/usr/bin:/bin"
        }
        let output = try scratch.run([scratch.path("hook/prune.sh")], environment: environment)
        let calls = try FileSystem.readText(scratch.path("calls"))
        return (output, calls.split(separator: "\n").map(String.init))
    }

    @Test func removesWhatIsNotRetained() throws {
        let current = BundleSettings.example().image
        let (output, calls) = try prune(
            docker: """
                if [ "$2" = ls ]; then
                  printf '%s\\n' \(current) \(other) \(old) 'public.ecr.aws/lab/ct-site@<none>' other@sha256:1
                fi
                """)
        #expect(output.exit == .exited(0))
        #expect(calls.filter { $0.hasPrefix("image rm") } == ["image rm \(old)"])
        #expect(calls.contains("image prune --force"))
        #expect(output.standardOutputText == "pipeline: removed \(old)\n")
    }

    @Test func neverFails() throws {
        let (failing, _) = try prune(docker: "echo \(old); exit 1")
        #expect(failing.exit == .exited(0))
        #expect(failing.standardOutputText == "pipeline: \(old) is in use and stays\n")
        let (missing, _) = try prune(docker: nil)
        #expect(missing.exit == .exited(0))
    }
}
