import Posix
import Processes
import Testing

@Suite struct SpawnTests {
    @Test func tellsAMissingProgramFromAMissingFolder() {
        #expect(throws: ProcessError.executableNotFound("no-such-program")) {
            try ProcessRunner.run(ProcessCommand(["no-such-program"]))
        }
        #expect(throws: ProcessError.executableNotFound("./no-such-program")) {
            try ProcessRunner.run(ProcessCommand(["./no-such-program"]))
        }
        #expect(throws: ProcessError.directoryMissing("/no/such/folder")) {
            try ProcessRunner.run(ProcessCommand(["true"], directory: "/no/such/folder"))
        }
        #expect(throws: ProcessError.directoryMissing("/etc/passwd")) {
            try ProcessRunner.run(ProcessCommand(["true"], directory: "/etc/passwd"))
        }
        #expect(throws: ProcessError.executableNotFound("")) {
            try ProcessRunner.run(ProcessCommand([]))
        }
    }

    @Test func refusesWhatIsNoProgram() {
        #expect(throws: ProcessError.spawnFailed("/etc/passwd", code: 13)) {
            try ProcessRunner.run(ProcessCommand(["/etc/passwd"]))
        }
        #expect(throws: ProcessError.self) {
            try ProcessRunner.run(ProcessCommand(["echo", "a\0b"]))
        }
    }

    @Test func looksInThePathOfTheChild() throws {
        let folder = "/tmp/pipeline-path-\(MonotonicClock.nanoseconds())"
        try FileSystem.createDirectories(folder + "/bin/hello")
        try FileSystem.createDirectories(folder + "/other")
        defer { try? FileSystem.removeTree(folder) }
        try FileSystem.writeAtomically(
            Array("#!/bin/sh\necho \"$1\"\n".utf8), to: folder + "/other/hello", mode: 0o755)
        // The first is a folder of that name; the second counts from the working directory.
        let command = ProcessCommand(
            ["hello", "it's me"], environment: ["PATH": "\(folder)/bin:other:/bin"],
            directory: folder)
        #expect(try ProcessRunner.run(command).standardOutputText == "it's me\n")
        let relative = ProcessCommand(["./other/hello", "x"], directory: folder)
        #expect(try ProcessRunner.run(relative).standardOutputText == "x\n")
    }

    @Test func namesAMissingInterpreter() throws {
        let path = "/tmp/pipeline-script-\(MonotonicClock.nanoseconds())"
        defer { try? FileSystem.remove(path) }
        try FileSystem.writeAtomically(Array("#!/no/such/shell\n".utf8), to: path, mode: 0o755)
        let error = #expect(throws: ProcessError.self) {
            try ProcessRunner.run(ProcessCommand([path]))
        }
        #expect(error?.description.contains("interpreter") == true)
    }
}
