import Dispatch
import Glibc
import Posix
import Testing

@Suite struct DescriptorTests {
    @Test func pollTellsWhichAreReady() throws {
        let (first, second) = (try Descriptors.pipe(), try Descriptors.pipe())
        defer { for end in [first.read, second.read, second.write] { Descriptors.close(end) } }
        let interests: [(descriptor: Int32, events: Poll.Events)] = [
            (first.read, .readable), (-1, .readable), (second.read, .readable),
            (second.write, .writable),
        ]
        #expect(try Poll.wait(interests, timeoutMs: 0) == [3])
        #expect(try Poll.wait([(second.read, .readable)], timeoutMs: 1) == [])
        try Descriptors.write([1], to: second.write)
        #expect(try Poll.wait(interests) == [2, 3])
        // The end of a stream counts as well.
        Descriptors.close(first.write)
        // Not at once: a child that another test is starting holds a copy until it has begun its program.
        #expect(try Poll.wait([(first.read, .readable)]) == [0])
        #expect(try Poll.wait(interests) == [0, 2, 3])
    }

    @Test func writesAllToANonBlockingPipe() throws {
        let pipe = try Descriptors.pipe()
        try Descriptors.setNonBlocking(pipe.write)
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        #expect(try Descriptors.writeSome(bytes[...], to: pipe.write) < bytes.count)
        #expect(try Descriptors.writeSome(bytes[...], to: pipe.write) == 0)
        Descriptors.close(pipe.read)
        #expect(throws: PosixError(call: "write", path: nil, code: EPIPE)) {
            try Descriptors.write(bytes, to: pipe.write)
        }
        #expect(!StandardStreams.write(to: pipe.write, "nobody reads"))
        Descriptors.close(pipe.write)
    }

    @Test func waitsForRoom() throws {
        let pipe = try Descriptors.pipe()
        try Descriptors.setNonBlocking(pipe.write)
        let reader = DispatchWorkItem { @Sendable in
            // Ends when the writer closes its end.
            while let part = try? Descriptors.read(pipe.read, upTo: 1000), !part.isEmpty {}
        }
        DispatchQueue.global().async(execute: reader)
        // More than a pipe holds, so that it is full at some time.
        #expect(
            StandardStreams.write(to: pipe.write, String(repeating: "0123456789", count: 50_000)))
        Descriptors.close(pipe.write)
        reader.wait()
        Descriptors.close(pipe.read)
    }

    /// In a process of its own: the signal is blocked for the thread, and sent to the whole process.
    @Test func signalsCanBeRead() async {
        await #expect(processExitsWith: .success) {
            let signals = try SignalDescriptor([SIGUSR1, SIGUSR2])
            try #require(signals.next() == nil)
            try #require(pthread_kill(pthread_self(), SIGUSR2) == 0)
            try #require(try Poll.wait([(signals.descriptor, .readable)]) == [0])
            try #require(signals.next() == SIGUSR2)
            try #require(signals.next() == nil)
        }
    }
}
