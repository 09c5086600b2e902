import FoundationEssentials
import PipelineModel
import Posix
import Testing

@testable import PipelineShipping

/// Programs that are there and do not work, as `doctor` finds them.
struct ProgramCheckTests {
    private let folder: String

    init() throws {
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/program-check-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
    }

    /// What is found of a program of this content.
    private func check(
        _ script: String?, isNeeded: Bool = true, failing: String? = nil, timeout: Double = 30
    ) throws -> Diagnosis {
        defer { try? FileSystem.removeTree(folder) }
        let path = "\(folder)/tool"
        if let script {
            try FileSystem.writeAtomically(Array(script.utf8), to: path)
            try FileSystem.changeMode(path, to: 0o755)
        }
        return ProgramCheck(
            area: "here",
            program: RequiredProgram([path, "--version"], advice: "get it", failing: failing),
            isNeeded: isNeeded, timeout: timeout
        ).diagnosis()
    }

    @Test("one that prints its version is good, on whichever stream")
    func good() throws {
        #expect(
            try check("#!/bin/sh\necho tool 1.2 >&2\n")
                == Diagnosis("here", "tool", .good, "tool 1.2"))
    }

    @Test("one that is not there is to be installed")
    func missing() throws {
        let found = try check(nil)
        #expect(found.state == .bad && found.advice == "get it", "\(found)")
        #expect(found.found.hasSuffix("/tool\" was not found"), "\(found)")
    }

    @Test("one that ends with an error is not good, and its last line is shown")
    func ends() throws {
        let script = "#!/bin/sh\necho first\necho 'tool: cannot open shared object' >&2\nexit 127\n"
        let found = try check(script)
        #expect(found.state == .bad)
        #expect(
            found.found.hasSuffix(
                "tool --version\" ended with exit status 127: tool: cannot open shared object"),
            "\(found)")
        #expect(found.advice.hasPrefix("install it again, until"), "\(found)")
    }

    @Test("a provider says what an error of its program means")
    func means() throws {
        let found = try check("#!/bin/sh\nexit 1\n", isNeeded: false, failing: "set it up")
        #expect(found.state == .warning && found.advice == "set it up", "\(found)")
        #expect(found.found.hasSuffix("exit status 1, and printed nothing"), "\(found)")
    }

    @Test("one that a signal ends is not good")
    func signal() throws {
        let found = try check("#!/bin/sh\necho tool 1.2\nkill -SEGV $$\n")
        #expect(found.state == .bad && found.found.hasSuffix("was ended by signal 11"), "\(found)")
        #expect(found.advice.hasPrefix("install it again"), "\(found)")
    }

    @Test("one that cannot be started is not good")
    func notStarted() throws {
        let found = try check("#!/nonexistent/interpreter\n")
        #expect(found.state == .bad && found.found.contains("the interpreter"), "\(found)")
        #expect(found.advice.contains("command -v tool"), "\(found)")
    }

    @Test("one that does not end is stopped, and that is what is found")
    func hangs() throws {
        let found = try check("#!/bin/sh\nexec tail -f /dev/null\n", timeout: 0.2)
        #expect(found.state == .bad && found.found.hasSuffix("did not end within 1 s"), "\(found)")
        #expect(found.advice.contains("in a terminal"), "\(found)")
    }
}
