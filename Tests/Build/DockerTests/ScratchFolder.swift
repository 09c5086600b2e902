import Posix
import Synchronization

/// A folder of a test's own, removed with the object.
final class ScratchFolder: Sendable {
    let path: String
    private static let counter = Atomic<Int>(0)

    init() throws {
        let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        let base = Environment.value("TMPDIR") ?? "/tmp"
        path = "\(base)/pipeline-docker-\(Host.processID)-\(number)"
        try FileSystem.createDirectories(path)
    }

    deinit { try? FileSystem.removeTree(path) }

    func write(_ text: String, to name: String) throws {
        if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) {
            try FileSystem.createDirectories("\(path)/\(name[..<slash])")
        }
        try FileSystem.writeAtomically(Array(text.utf8), to: "\(path)/\(name)")
    }
}
