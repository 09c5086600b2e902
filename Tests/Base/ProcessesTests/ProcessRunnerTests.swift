import Posix
import Processes
import Testing

@Suite struct ProcessRunnerTests {
    private func shell(_ script: String) -> ProcessCommand { ProcessCommand(["sh", "-c", script]) }

    @Test func keepsTheStreamsApart() throws {
        let output = try ProcessRunner.run(shell("echo out; echo err >&2; exit 3"))
        #expect(output.exit == .exited(3))
        #expect(!output.exit.isSuccess)
        #expect(output.standardOutputText == "out\n")
        #expect(output.standardErrorText == "err\n")
        #expect(!output.outputWasCut)
    }

    @Test func reportsTheSignalThatEndedIt() throws {
        #expect(try ProcessRunner.run(shell("kill -9 $$")).exit == .signalled(9))
    }

    @Test func echoesALargeInput() throws {
        let input = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(
            try ProcessRunner.run(ProcessCommand(["cat"]), input: input).standardOutput == input)
    }

    @Test func doesNotMindAnInputThatNobodyReads() throws {
        let input = [UInt8](repeating: 1, count: 1 << 20)
        let output = try ProcessRunner.run(shell("exec <&-; echo done"), input: input)
        #expect(output.standardOutputText == "done\n")
    }

    @Test func hasNoInputUnlessGiven() throws {
        #expect(try ProcessRunner.run(ProcessCommand(["cat"])).standardOutput.isEmpty)
        #expect(try ProcessRunner.run(ProcessCommand(["cat"]), input: []).exit.isSuccess)
    }

    @Test func cutsTheOutputAndReportsAllLines() throws {
        var lines = 0
        let output = try ProcessRunner.run(
            shell("i=0; while [ $i -lt 1000 ]; do echo line$i; i=$((i+1)); done"), outputLimit: 100
        ) { _, _ in lines += 1 }
        #expect(output.standardOutput.count == 100)
        #expect(output.outputWasCut)
        #expect(lines == 1000)
    }

    @Test func reportsLinesOfBothStreams() throws {
        var lines: [String] = []
        var errors: [String] = []
        _ = try ProcessRunner.run(shell("printf 'a\\r\\nb\\n\\nc'; printf 'x\\ny' >&2")) {
            if $0 == .standardOutput { lines.append($1) } else { errors.append($1) }
        }
        #expect(lines == ["a", "b", "", "c"])
        #expect(errors == ["x", "y"])
    }

    @Test func givesEnvironmentAndDirectory() throws {
        let command = ProcessCommand(
            ["sh", "-c", "pwd; echo \"$GREETING\"; echo \"${HOME-none}\""],
            environment: ["GREETING": "hällo = welt", "HOME": nil], directory: "/usr")
        #expect(
            try ProcessRunner.run(command).standardOutputText == "/usr\nhällo = welt\nnone\n")
    }

    @Test func doesNotWaitForAGrandchildThatHoldsThePipe() throws {
        let output = try ProcessRunner.run(shell("sleep 600 & echo $!"), timeout: 300)
        #expect(output.exit.isSuccess)
        let grandchild = try #require(Int32(output.standardOutputText.dropLast()))
        #expect(Host.processStart(grandchild) != nil)
        _ = try ProcessRunner.run(ProcessCommand(["kill", "\(grandchild)"]))
    }

    @Test func childStartsWithDefaultSignalsAndNoOtherDescriptors() throws {
        let command = ProcessCommand(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"])
        let lines = try ProcessRunner.run(command).standardOutputText.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            let signals = try #require(UInt64(line.suffix(16), radix: 16))
            // 32 and 33 are those of the C library, which sees to them itself.
            #expect(signals & 0x7fff_ffff == 0, "\(line)")
        }
        let open = try ProcessRunner.run(ProcessCommand(["ls", "/proc/self/fd"]))
        // 3 is the folder that ls itself has open.
        #expect(open.standardOutputText == "0\n1\n2\n3\n")
    }
}
