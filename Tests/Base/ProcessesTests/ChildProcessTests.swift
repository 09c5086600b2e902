import Posix
import Processes
import Testing

@Suite struct ChildProcessTests {
    @Test func talksThroughPipes() throws {
        let child = try ChildProcess(
            ProcessCommand(["cat"]), standardInput: .pipe, standardOutput: .pipe)
        #expect(child.poll() == nil)
        let (input, output) = (
            try #require(child.standardInput), try #require(child.standardOutput)
        )
        for text in ["one\n", "two\n"] {
            try Descriptors.write(text.utf8, to: input)
            #expect(try Descriptors.read(output, upTo: 100) == Array(text.utf8))
        }
        child.closeStandardInput()
        #expect(child.standardInput == nil)
        #expect(child.wait() == .exited(0))
        #expect(child.poll() == .exited(0))
    }

    @Test func itsNumberStaysReserved() throws {
        let child = try ChildProcess(ProcessCommand(["true"]))
        #expect(child.wait() == .exited(0))
        #expect(Host.processStart(child.pid) != nil)
        #expect(Host.processes(inGroup: child.pid).isEmpty)
    }

    @Test func isTheLeaderOfItsGroup() throws {
        let child = try ChildProcess(
            ProcessCommand(["sh", "-c", "sleep 600 & echo; wait"]), standardOutput: .pipe)
        _ = try Descriptors.read(try #require(child.standardOutput), upTo: 1)
        #expect(Host.processes(inGroup: child.pid).count == 2)
        #expect(Host.memoryInUse(of: child.pid) > 0)
        #expect(child.terminate(grace: 60) == .signalled(15))
        #expect(Host.processes(inGroup: child.pid).isEmpty)
        #expect(Host.memoryInUse(of: child.pid) == 0)
    }

    @Test func isFoundByItsEnvironment() throws {
        let entry = "PIPELINE_TEST=\(MonotonicClock.nanoseconds())"
        let (name, value) = (String(entry.prefix(13)), String(entry.dropFirst(14)))
        let command = ProcessCommand(["sh", "-c", "echo; sleep 600"], environment: [name: value])
        let child = try ChildProcess(command, standardOutput: .pipe)
        _ = try Descriptors.read(try #require(child.standardOutput), upTo: 1)
        #expect(Host.processes(withEnvironment: entry).contains(child.pid))
        #expect(!Host.processes(withEnvironment: String(entry.dropLast())).contains(child.pid))
        child.terminate(grace: 60)
        #expect(Host.processes(withEnvironment: entry).isEmpty)
    }

    @Test func writesFiles() throws {
        let path = "/tmp/pipeline-redirection-\(MonotonicClock.nanoseconds())"
        defer { try? FileSystem.remove(path) }
        let pipe = try Descriptors.pipe()
        defer { for end in [pipe.read, pipe.write] { Descriptors.close(end) } }
        for (text, append) in [("a", false), ("b", true)] {
            let command = ProcessCommand(["sh", "-c", "printf \(text); printf \(text) >&2"])
            let child = try ChildProcess(
                command, standardOutput: .file(path, append: append),
                standardError: .descriptor(pipe.write)
            )
            #expect(child.wait() == .exited(0))
        }
        #expect(try FileSystem.readText(path) == "ab")
        #expect(try Descriptors.read(pipe.read, upTo: 10) == Array("ab".utf8))
        let reader = try ChildProcess(
            ProcessCommand(["cat"]), standardInput: .file(path, append: false),
            standardOutput: .pipe)
        #expect(
            try Descriptors.read(try #require(reader.standardOutput), upTo: 10) == Array("ab".utf8))
        #expect(reader.wait() == .exited(0))
    }
}
