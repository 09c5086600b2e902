import Posix
import Processes
import Testing

/// The example's hook that mounts the file system, with programs in place of those of an instance.
@Suite struct MountHookTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        // A folder counts as mounted once `mount` was asked for it.
        try program("mountpoint", #"[[ -e "$2/.mounted" ]]"#)
        try program("mount", #"echo "mount $*" >>"$CALLS"; touch "${@: -1}/.mounted""#)
        try program("yum", #"echo "yum $*" >>"$CALLS""#)
        try scratch.write("", to: "calls")
    }

    private func program(_ name: String, _ body: String) throws {
        try scratch.write("#!/bin/bash\n\(body)\n", to: "bin/\(name)", mode: 0o755)
    }

    private func mount(
        _ fileSystem: String = "fs-0123456789abcdef0", _ folder: String? = nil
    ) throws -> (output: ProcessOutput, calls: [String]) {
        let output = try scratch.run(
            ["\(ExampleSite.folder)/.platform/hooks/predeploy/mount-efs.sh"],
            environment: [
                "PATH": scratch.path("bin") + ":/usr/bin:/bin", "CALLS": scratch.path("calls"),
                "EFS_FILE_SYSTEM_ID": fileSystem, "EFS_MOUNT_DIR": folder ?? scratch.path("efs"),
            ])
        let calls = try FileSystem.readText(scratch.path("calls"))
        return (output, calls.split(separator: "\n").map(String.init))
    }

    @Test func mountsWithTLSAndOnlyOnce() throws {
        let expected = [
            "yum install -y amazon-efs-utils",
            "mount -t efs -o tls fs-0123456789abcdef0:/ \(scratch.path("efs"))",
        ]
        for _ in 0..<2 {
            let (output, calls) = try mount()
            #expect(output.exit == .exited(0), "\(output.standardErrorText)")
            #expect(calls == expected)
        }
    }

    @Test(arguments: ["unset", "", "fs-xyz", "fs-01234567;id"])
    func refusesWhatIsNoFileSystem(name: String) throws {
        let (output, calls) = try mount(name)
        #expect(output.exit == .exited(1))
        #expect(output.standardErrorText.contains("set it as an environment property"))
        #expect(calls.isEmpty)
    }

    @Test func failsWhenNothingIsMounted() throws {
        try program("mount", "exit 1")
        let (output, _) = try mount()
        #expect(output.exit == .exited(1))
        #expect(output.standardErrorText.contains("cannot be mounted"))
        let (relative, _) = try mount("fs-01234567", "efs")
        #expect(relative.exit == .exited(1))
    }

    @Test(.enabled(if: Program.isInstalled("shellcheck")))
    func shellcheckFindsNothing() throws {
        let hook = "\(ExampleSite.folder)/.platform/hooks/predeploy/mount-efs.sh"
        let output = try scratch.run(["shellcheck", hook])
        #expect(output.exit.isSuccess, "\(output.standardOutputText)")
    }
}
