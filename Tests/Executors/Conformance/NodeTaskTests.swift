import Archive
import ArchiveHistory
import Digests
import DirectoryTransports
import Failures
import JSON
import PipelineEngine
import PipelineStore
import Posix
import Processes
import Testing

@testable import BatchExecution

/// What passes between the side that submits and its nodes.
struct NodeTaskTests {
    @Test("a record counts with the batch's key, and in its own place alone")
    func records() throws {
        let key = MessageKey()
        let name = TaskPart.Name(task: 3, start: 1, part: 7)
        var part = TaskPart()
        part.records = [TaskRecord(attempt: 5, milliseconds: 1, ending: .init(nil), node: "n")]
        let bytes = try part.bytes(name, of: "b", key)
        #expect(try TaskPart(bytes, name, of: "b", key)?.records.first?.attempt == 5)
        #expect(try TaskPart(bytes, name, of: "b", MessageKey()) == nil)
        #expect(try TaskPart(bytes, name, of: "c", key) == nil)
        let elsewhere = TaskPart.Name(task: 3, start: 1, part: 8)
        #expect(try TaskPart(bytes, elsewhere, of: "b", key) == nil)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect(try TaskPart(changed, name, of: "b", key) == nil, "byte \(place)")
        }
        #expect(try TaskPart([], name, of: "b", key) == nil)
    }

    @Test("names of records are read back, and no others are names of records")
    func names() {
        let name = TaskPart.Name(task: 3, start: 1, part: 7)
        #expect(name.text == "3-1-7.record" && TaskPart.Name(name.text) == name)
        for other in ["3-1.record", "3-1-7", "3-1-07.record", "-3-1-7.record", "a-1-7.record"] {
            #expect(TaskPart.Name(other) == nil, "\(other)")
        }
    }

    @Test("a folder for tasks is named with the node's variables")
    func scratch() throws {
        let path = try #require(Environment.value("PATH"))
        #expect(try NodeScratch.expanded("/a/$PATH/b") == "/a/\(path)/b")
        #expect(try NodeScratch.expanded("${PATH}x") == path + "x")
        #expect(try NodeScratch.expanded("/plain") == "/plain")
        let failure = #expect(throws: Failure.self) { try NodeScratch.expanded("/$NO_SUCH_ONE/x") }
        #expect(failure?.code == "task-scratch")
    }

    @Test(
        "what a task has fetched is used again where its bytes are still right, and goes when nobody uses it"
    )
    func cache() throws {
        let folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-cache-\(RandomID.plain())"
        defer { try? FileSystem.removeTree(folder) }
        let cache = NodeCache(folder)
        try cache.trim()
        let whole = try cache.store.keep(Array("whole".utf8))
        let damaged = try cache.store.keep(Array("damaged".utf8))
        let path = cache.store.path(of: damaged)
        try FileSystem.remove(path)
        try FileSystem.writeAtomically(Array("other".utf8), to: path)
        #expect(try cache.sound([whole, damaged, Digest.of("absent")]) == [whole])
        #expect(try FileSystem.status(path) == nil, "a damaged one is removed")
        try cache.trim()
        #expect(try cache.sound([whole]) == [whole], "it was used just now")
    }

    @Test(
        "the log of a task that is over goes with the next one where it is empty, and else a week after its last line"
    )
    func logs() throws {
        let folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-logs-\(RandomID.plain())"
        defer { try? FileSystem.removeTree(folder) }
        let own = folder + "/own"
        func write(_ text: String, _ name: String) throws {
            try FileSystem.createDirectories(own + "/logs")
            try FileSystem.writeAtomically([], to: "\(own)/logs/\(name)")
            try FileSystem.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)")
        }
        let names = ["active", "empty", "new", "long", "old", "foreign"]
        for (name, text) in zip(names, ["", "", "killed", "killed", "killed", ""]) {
            try write(text, name)
        }
        try FileSystem.remove(own + "/logs/foreign")
        _ = try ProcessRunner.run(
            ProcessCommand(
                [
                    "touch", "-d", "8 days ago", own + "/logs/long", own + "/logs/old",
                    folder + "/old",
                ]))
        let active = try NodeLog(folder + "/active", in: own)
        func left() throws -> [String] {
            try names.filter { try FileSystem.status("\(folder)/\($0)") != nil }
        }
        let next = try NodeLog(folder + "/next", in: own)
        #expect(try left() == ["active", "new", "long", "foreign"])
        #expect(
            try FileSystem.entries(of: own + "/logs").map(\.name).sorted()
                == ["active", "long", "new", "next"])
        active.close()
        next.close()
        #expect(try left() == ["new", "long", "foreign"])
        #expect(
            try FileSystem.entries(of: own + "/logs").map(\.name).sorted() == ["long", "new"])
    }

    @Test("a node of another kind refuses its task")
    func platform() throws {
        let folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-node-\(RandomID.plain())"
        defer { try? FileSystem.removeTree(folder) }
        let batch = folder + "/archive/tasks/b"
        try FileSystem.createDirectories(batch)
        let place = ArchivePlace(name: folder) { name in
            DirectoryTransport(root: "\(folder)/archive" + (name.isEmpty ? "" : "/\(name)"))
        }
        var digests: [String: String] = [:]
        func write(_ bytes: [UInt8], _ name: String) throws {
            try FileSystem.writeAtomically(bytes, to: "\(batch)/\(name)")
            digests[name] = Digest.of(bytes).hex
        }
        try write([], "pack-0.jsonl")
        try write(Array("{}".utf8), "batch.json")
        for name in ["files.json", "files-0.json"] {
            try write(JSONValue.encode(TaskFiles()).bytes, name)
        }
        let index = try JSONValue.encode(
            TaskIndex(format: 1, files: digests, system: "minix pdp11", python: nil)
        ).bytes
        try write(index, TaskIndex.name)
        let orders = TaskOrders(
            batch: "b", index: Digest.of(index).hex, key: MessageKey().hex,
            archive: ArchiveAddress(id: "a", transport: "directory", root: "", keys: [:]),
            scratch: nil, log: "/tmp/b")
        let description = try TaskDescription(
            orders, task: 0, in: TaskFolder(place, name: "b"), isInterrupted: { false })
        let failure = #expect(throws: Failure.self) {
            try description.layOut(
                in: folder, NodeCache(folder + "/cache"), place, isInterrupted: { false })
        }
        #expect(failure?.code == "task-platform")
        #expect(failure?.headline.contains("minix pdp11") == true)
    }
}
