import DeployLocking
import Failures
import FoundationEssentials
import PipelineEngine
import PipelineLedger
import Posix
import Processes
import Slots
import Testing

@testable import PipelineShipping

/// What is made for a command, billed, and removed: when it is made, and when what a killed run left is looked for.
@Suite("Connections that are billed")
struct TransportOpeningTests {
    private static let transfer = """
        kind: data
        aws: { account: "\(ScriptedAWS.account)", region: us-east-2, bucket: b }
        data: { route: transfer, root: /site/, file_system: fs-1 }

        """

    @Test(
        "leftovers are looked for only where one is on record, under the lease, and not beside an own one"
    )
    func leftovers() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch(Self.transfer)
                let (context, cloud) = (scratch.context, scratch.cloud)
                try scratch.answer("transfer.list-servers", "{\"Servers\": []}")
                try scratch.answer("transfer.delete-server", "")
                try scratch.answer("transfer.describe-server.fails", "ResourceNotFoundException")
                try context.clearLeftovers(LeaseOptions())
                #expect(try scratch.calls() == [])

                let book = SessionLeases(session: scratch.session, environment: "e")
                let lease = try book.begin(
                    .transferServer, token: "t", resource: nil, costPerHour: 0.3)
                let folder = try book.begin(.objects, token: "o", resource: "b/x", costPerHour: nil)
                try book.name(lease, resource: "s-1")
                #expect(try book.open(.transferServer).map(\.resource) == ["s-1"])
                #expect(try book.open(.objects).map(\.id) == [folder])

                cloud.opened = FolderConnection(scratch.root)
                try context.clearLeftovers(LeaseOptions())
                #expect(try scratch.calls() == [])
                cloud.opened = nil
                try context.clearLeftovers(LeaseOptions())
                #expect(cloud.lease != nil)
                let calls = try scratch.calls()
                #expect(calls.contains("transfer list-servers"), "\(calls)")
                #expect(scratch.notes.contains { $0.contains("a run before this one has left") })
                try book.end(lease)
                try book.end(folder)
                #expect(try scratch.session.reader.openLeases(environment: "e").isEmpty)
            }
        }
    }

    @Test("nothing is made with credentials that soon end, and nothing twice")
    func opening() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch(Self.transfer)
                let (context, cloud) = (scratch.context, scratch.cloud)
                let end = Timestamp(nanoseconds: Timestamp.now().nanoseconds + 300_000_000_000)
                try scratch.answer(
                    "configure.export-credentials",
                    "{\"Version\": 1, \"Expiration\": \"\(end.iso8601)\"}")
                let error = #expect(throws: CloudError.self) { try context.openRoute() }
                #expect(error?.failure.code == "credentials-short")
                let asked = try scratch.calls()
                #expect(asked == ["configure export-credentials"])
                let own = FolderConnection(scratch.root)
                cloud.opened = own
                try context.openRoute()
                #expect(cloud.opened === own)
                #expect(try scratch.calls() == asked)
            }
        }
    }

    @Test("what was seen of slots through an earlier connection is looked at again")
    func forgetting() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch(Self.transfer)
                let (context, cloud) = (scratch.context, scratch.cloud)
                try scratch.answer("configure.export-credentials.fails", "no credentials")
                cloud.opened = FolderConnection("\(scratch.root)/efs")
                guard case .absent = try context.places.markerFile("a") else {
                    Issue.record("there is no marker yet")
                    return
                }
                try scratch.write("efs/a/\(SlotMarker.fileName)", "{}")
                guard case .absent = try context.places.markerFile("a") else {
                    Issue.record("a command looks once")
                    return
                }
                cloud.opened = nil
                #expect(throws: (any Error).self) { try context.openRoute() }
                cloud.opened = FolderConnection("\(scratch.root)/efs")
                if case .absent = try context.places.markerFile("a") {
                    Issue.record("it was not looked at again")
                }
            }
        }
    }

    @Test("a shell that is open is seen until it ends, and its file goes then")
    func shells() throws {
        let folder =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-shells-\(UUID().uuidString)"
        defer { try? FileSystem.removeTree(folder) }
        let shells = ShellLocks(folder)
        #expect(try !shells.areHeld())
        var lock: ShellLock? = try shells.take()
        #expect(lock != nil)
        #expect(try shells.areHeld())
        #expect(try FileSystem.entries(of: "\(folder)/shells").count == 1)
        lock = nil
        #expect(try !shells.areHeld())
        #expect(try FileSystem.entries(of: "\(folder)/shells").isEmpty)
    }
}
