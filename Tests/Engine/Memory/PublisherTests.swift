import Digests
import Paths
import PipelinePlanning
import PipelineStore
import Posix
import Testing

@testable import PipelineEngine

/// What is on disk once outputs are kept, by the calls that the publisher makes: the record of them may follow then.
@Suite struct PublisherTests {
    private let disk = MemoryDisk(time: ManualTime())

    /// Has so many outputs of a file each kept.
    private func keep(_ count: Int) throws -> [Publisher.Content] {
        let jobs = (1...count).map { number in
            let path = "staging/\(number)/x"
            disk.write(path, "content \(number)")
            return Publisher.Job(
                index: number, temporaryPaths: [path], outputs: ["out/\(number)"], check: nil,
                restored: nil)
        }
        return try Publisher(store: store).keep(jobs).flatMap { try $0.result.get() }
    }

    private var store: Store { Store(root: Project.storePath, disk: disk) }

    /// Whether files, objects and the objects' folders were written to the disk one by one, each folder once.
    private func isEachOnDisk(_ contents: [Publisher.Content]) -> Bool {
        let objects = contents.map { store.path(of: $0.digest) }
        let folders = Set(objects.map { PathText.folder($0) })
        let files = Set(contents.map(\.temporaryPath))
        let done = disk.synchronized
        return files.union(objects).union(folders).isSubset(of: done)
            && folders.allSatisfy { folder in done.count { $0 == folder } == 1 }
    }

    @Test("of few outputs file, object and the object's folder reach the disk one by one")
    func few() throws {
        disk.clones = true
        let contents = try keep(3)
        #expect(contents.count == 3)
        #expect(isEachOnDisk(contents), "\(disk.synchronized)")
        #expect(!disk.synchronized.contains { $0.hasPrefix("all of ") })
    }

    @Test("an object that is the file under a second name is not written twice")
    func linked() throws {
        let contents = try keep(3)
        let objects = contents.map { store.path(of: $0.digest) }
        #expect(disk.synchronized.filter(objects.contains) == [])
        #expect(disk.synchronized.filter { $0.hasPrefix("staging/") }.count == 3)
    }

    @Test("many outputs reach the disk by one call")
    func many() throws {
        #expect(try keep(20).count == 20)
        #expect(disk.synchronized == ["all of \(Project.storePath)"])
    }

    @Test("where that call fails, each is written by itself")
    func eachOfMany() throws {
        disk.clones = true
        disk.failingCalls = ["syncfs"]
        #expect(isEachOnDisk(try keep(20)), "\(disk.synchronized)")
    }

    @Test("many outputs on another file system than the store's are written one by one")
    func otherFileSystem() throws {
        disk.mountPoint = "staging"
        #expect(isEachOnDisk(try keep(20)), "\(disk.synchronized)")
        #expect(!disk.synchronized.contains { $0.hasPrefix("all of ") })
    }
}
