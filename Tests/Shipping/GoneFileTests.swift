import Failures
import FoundationEssentials
import PipelineModel
import Posix
import Testing

@testable import PipelineEngine
@testable import PipelineShipping

@Suite("What is not there any more when its turn comes")
struct GoneFileTests {
    @Test("a file that goes after it was listed leaves nothing half at its target")
    func gone() throws {
        let scratch =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-gone-\(UUID().uuidString)"
        defer { try? FileSystem.removeTree(scratch) }
        try FileSystem.createDirectories("\(scratch)/data")
        try FileSystem.createDirectories("\(scratch)/here")
        for name in ["a", "b"] {
            try FileSystem.writeAtomically(Array(name.utf8), to: "\(scratch)/data/\(name)")
        }
        let project = Project(
            root: scratch,
            definition: try DefinitionReader.read(
                "project: p\nstages:\n  sync: { kind: sync, data: [out] }\n", file: "p.yaml"))
        let environment = try EnvironmentReader.read(
            "kind: data\ndata: { root: \(scratch)/data }\n", name: "e", file: "e.yaml",
            transports: Registry.transportSchemas)
        let data = try RemoteData(project, environment, ledger: nil)
        let files = try #require(try data.tree(nil, isInterrupted: { false })).files
        #expect(files.count == 2)
        try FileSystem.remove("\(scratch)/data/b")
        let error = #expect(throws: ShippingError.self) {
            try data.pull(
                files.map { ($0, "\(scratch)/here/\($0.path)") }, progress: { _ in },
                isInterrupted: { false })
        }
        #expect(error?.failure.code == "remote-file-gone", "\(String(describing: error))")
        #expect(try FileSystem.entries(of: "\(scratch)/here").map(\.name) == ["a"])
    }
}
