import Glibc
import Posix
import Processes
import Testing

/// Files that change or vanish between the plan and the sending: nothing half, nothing mixed.
struct DataChangingTests {
    /// Large enough that its sending can be caught; it is sent first.
    private static let largeBytes: Int64 = 256 << 20

    /// A sync that is stopped while it sends the large file; the small one comes after.
    private final class Stopped {
        let project: UnitProject
        let child: ChildProcess
        /// Bytes that had been written of the large file.
        let written: Int64

        init() throws {
            project = try DataRulesTests.project()
            try project.write("data/in/small", "as planned")
            _ = try project.shell("truncate -s \(DataChangingTests.largeBytes) data/in/large")
            child = try project.start("-e", "here", "sync")
            let project = project
            var aside: String?
            let isSending = try project.wait {
                let found = (try? FileSystem.entries(of: project.path("out/a/data/in"))) ?? []
                aside = found.first { $0.name.hasPrefix(FileSystem.asidePrefix) }?.name
                return aside != nil
            }
            child.signal(SIGSTOP)
            #expect(isSending, "the sync never began to send")
            #expect(try !project.exists("out/a/data/in/small"))
            written =
                try FileSystem.status(project.path("out/a/data/in/\(aside ?? "")"))?.size
                ?? DataChangingTests.largeBytes
        }

        /// Lets the sync go on, and returns how it ended and what it said.
        func finish() throws -> (exit: ProcessExit, text: String) {
            child.signal(SIGCONT)
            let exit = child.wait()
            return (exit, try project.text("run.err") + project.text("run.out"))
        }
    }

    @Test("D41: a file that vanishes before it is sent fails the sync, and nothing is published")
    func vanished() throws {
        let stopped = try Stopped()
        let project = stopped.project
        _ = try project.shell("rm data/in/small")
        let (exit, text) = try stopped.finish()
        #expect(exit == .exited(1))
        #expect(
            text.contains(
                "the content of \"data/in/small\" is neither in the store nor in the project"),
            "\(text)")
        #expect(try !project.exists("out/a/.pipeline-release.json"))
        #expect(try !project.exists("out/a/data/in/small"))
        #expect(try project.run("-e", "here", "sync").exit == .exited(0))
        #expect(try project.shell("ls out/a/data/in") == "large\n")
    }

    @Test("D40: a file that changes before it is sent fails the sync; the next sends it as it is")
    func changed() throws {
        let stopped = try Stopped()
        let project = stopped.project
        try project.write("data/in/small", "as it is now")
        let (exit, text) = try stopped.finish()
        #expect(exit == .exited(1))
        #expect(text.contains("\"data/in/small\" has changed since it was looked at"), "\(text)")
        #expect(try !project.exists("out/a/.pipeline-release.json"))
        #expect(try !project.exists("out/a/data/in/small"))
        #expect(try project.run("-e", "here", "sync").exit == .exited(0))
        #expect(try project.text("out/a/data/in/small") == "as it is now")
    }

    @Test("D40: a file that changes while it is read never gets its name")
    func changedWhileRead() throws {
        let stopped = try Stopped()
        let project = stopped.project
        _ = try project.shell(
            "printf x | dd of=data/in/large bs=1 seek=\(Self.largeBytes - 1) conv=notrunc")
        let (exit, text) = try stopped.finish()
        if stopped.written < Self.largeBytes {
            #expect(exit == .exited(1))
            #expect(text.contains("data/in/large"), "\(text)")
            #expect(try !project.exists("out/a/data/in/large"))
            #expect(try !project.exists("out/a/.pipeline-release.json"))
        } else {
            // All had been read, or the file system shares blocks: what was planned is what is there.
            #expect(exit == .exited(0))
            #expect(try project.shell("tr -d '\\000' < out/a/data/in/large | wc -c") == "0\n")
        }
        #expect(try project.run("-e", "here", "sync").exit == .exited(0))
        #expect(
            try project.shell("cmp data/in/large \"$(ls -d out/*/data/in/large | tail -1)\"") == "")
    }
}
