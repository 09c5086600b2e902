import BatchExecution
import FoundationEssentials
import Posix
import Testing

/// What every queue does. Each of its tests is for all of them: a new one is a line in `QueueTests`.
struct QueueConformance {
    let queue: any BatchQueue
    let folder: String

    init(_ queue: any BatchQueue) throws {
        self.queue = queue
        folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-queue-\(UUID().uuidString)"
        try FileSystem.createDirectories(folder)
    }

    func all() throws {
        defer { try? FileSystem.removeTree(folder) }
        try tasksRunWithTheirIndex()
        try wordsArriveAsTheyAre()
        try endsAreTold()
        try cancelled()
        try unknown()
    }

    private func submit(
        _ script: String, tasks: Int = 1, _ words: String...
    ) throws -> (name: String, job: String) {
        let name = "queue-" + UUID().uuidString.prefix(8)
        let array = BatchArray(
            name: name, tasks: tasks, atOnce: 2, directory: folder, logs: "\(folder)/task",
            memory: nil)
        return (name, try queue.submit(array, command: ["sh", "-c", script, "sh"] + words))
    }

    private func wait(
        for name: String, _ condition: ([BatchTask]) -> Bool
    ) throws -> Bool {
        let end = MonotonicClock.nanoseconds() + 60_000_000_000
        while MonotonicClock.nanoseconds() < end {
            if condition(try queue.tasks(named: [name]).filter(\.state.isOpen)) { return true }
            _ = try Poll.wait([], timeoutMs: 50)
        }
        return false
    }

    private func text(_ name: String) throws -> String {
        try FileSystem.readText("\(folder)/\(name)")
    }

    private func tasksRunWithTheirIndex() throws {
        let (name, job) = try submit("echo $1 $2 > out-$1; echo printed", tasks: 3)
        let ended = try wait(for: name) { $0.isEmpty }
        #expect(ended)
        for index in 0..<3 {
            #expect(try text("out-\(index)") == "\(index) 0\n")
            #expect(try text("task-\(index).log") == "printed\n")
            #expect(try queue.end(of: job, index)?.state == .completed)
        }
    }

    private func wordsArriveAsTheyAre() throws {
        let (name, _) = try submit("echo \"$1|$2\" > words", "a 'b' \"c\" $HOME", "d")
        let ended = try wait(for: name) { $0.isEmpty }
        #expect(ended)
        #expect(try text("words") == "a 'b' \"c\" $HOME|d\n")
    }

    private func endsAreTold() throws {
        for (script, wasKilled) in [("exit 3", false), ("kill -KILL $$", true)] {
            let (name, job) = try submit(script)
            let ended = try wait(for: name) { $0.isEmpty }
            #expect(ended)
            let end = try #require(try queue.end(of: job, 0))
            guard case .failed = end.state else {
                Issue.record("\(script): \(end)")
                continue
            }
            #expect(end.wasKilled == wasKilled, "\(end)")
        }
    }

    private func cancelled() throws {
        let (name, job) = try submit("touch started; sleep 100", tasks: 3)
        let isRunning = try wait(for: name) { $0.contains { $0.state == .running } }
        #expect(isRunning)
        let listed = try queue.tasks(named: [name])
        #expect(listed.allSatisfy { $0.job == job && $0.name == name })
        #expect(Set(listed.map(\.index)) == [0, 1, 2])
        try queue.cancelJobs(named: name)
        let ended = try wait(for: name) { $0.isEmpty }
        #expect(ended)
        #expect(try queue.end(of: job, 0)?.state == .cancelled)
    }

    private func unknown() throws {
        #expect(try queue.tasks(named: ["no-such-name"]).isEmpty)
        #expect(try queue.tasks(named: []).isEmpty)
        #expect(try queue.end(of: "999999", 0) == nil)
        try queue.cancelJobs(named: "no-such-name")
    }
}
