import PipelineLedger
import PipelineModel
import Slots
import Testing
import TransportProviders

@testable import PipelineShipping

@Suite("Every transport as a value: its options with their defaults, and what follows from them")
struct TransportProviderTests {
    /// What an environment must at least write for a transport.
    private static let least = [
        "directory": "root: efs",
        "sftp": "route: sftp, root: efs, host: h",
        "transfer": "route: transfer, root: /site/, file_system: fs-1",
        "bucket":
            "route: bucket, root: site, file_system: fs-1, bucket: { bucket: b, instance: i-1 }",
        "rclone": "route: rclone, root: efs, rclone: { remote: 'drive:' }",
    ]

    private func read(_ data: String, kind: String = "data") throws -> EnvironmentDefinition {
        try EnvironmentReader.read(
            "kind: \(kind)\naws: { region: us-west-1 }\ndata: { \(data) }\n", name: "e",
            file: "e.yaml", transports: Registry.transportSchemas)
    }

    private func codes(_ data: String) -> [String] {
        do {
            _ = try read(data)
            return []
        } catch { return (error as? DefinitionError)?.diagnostics.map(\.code) ?? ["\(error)"] }
    }

    @Test(
        "the names are different, and the first is the transport of an environment that names none")
    func names() throws {
        let names = Registry.transports.map(\.schema.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names) == Set(Self.least.keys))
        #expect(try read("root: efs").data.provider.schema.name == names.first)
    }

    @Test(
        "the least that an environment writes gives a place with a name, and options that can all be read",
        arguments: [
            ("directory", "directory:efs"), ("sftp", "sftp:h:efs"), ("transfer", "efs:fs-1:/site"),
            ("bucket", "efs:fs-1:/site"), ("rclone", "rclone:drive:efs"),
        ])
    func identities(name: String, identity: String) throws {
        let data = try read(try #require(Self.least[name])).data
        #expect(data.provider.schema.name == name)
        #expect(data.provider.identity(data.route) == identity)
        switch data.provider.access {
        case .lasting(let connect):
            let connection = connect(.init(options: data.route, cancel: nil))
            #expect(connection.transport("a") !== connection.transport("b"))
            #expect(!connection.isGone())
        case .temporary(let access): #expect(!access.bills(data.route).isEmpty)
        }
    }

    @Test("defaults come from the table")
    func defaults() throws {
        let options = try read(try #require(Self.least["transfer"])).data.route
        #expect(options.text("transfer.role") == "aws-elasticbeanstalk-ec2-role")
        #expect(options.integer("connections") == 2)
        #expect(options.integer("sessions") == 4)
        #expect(!options.boolean("durable"))
        #expect(options.owner ?? (0, 0) == (1000, 1000))
        #expect(options["transfer.logging_role"] == nil)
        let transfer = try #require(Registry.transports.first { $0.schema.name == "transfer" })
        #expect(
            transfer.temporary?.bills(options) == [.init(.transferServer, costPerHour: 0.30)])
        let changed = try read(
            "route: transfer, root: site, file_system: fs-1, owner: { gid: 0x10 }, durable: True, "
                + "bandwidth: 2M, transfer: { cost_per_hour: 1.5 }"
        ).data.route
        #expect(changed.owner ?? (0, 0) == (1000, 16))
        #expect(changed.boolean("durable"))
        #expect(changed.size("bandwidth") == 2 << 20)
        #expect(transfer.temporary?.bills(changed).first?.costPerHour == 1.5)
    }

    @Test(
        "findings about a transport's keys",
        arguments: [
            ("root: efs, host: h", ["unknown-key"]), ("root: efs, mounted: m", ["unknown-key"]),
            ("root: efs, connections: 3", ["unknown-key"]),
            ("root: efs, rclone: { remote: 'x:' }", ["unknown-key"]),
            ("route: sftp, root: efs", ["missing-key"]),
            ("route: sftp, root: -x, host: h", ["bad-path"]),
            ("route: rclone, root: efs", ["missing-key"]),
            ("route: rclone, root: efs, rclone: { remote: 'x:' }, host: h", ["unknown-key"]),
            (
                "route: rclone, root: efs, rclone: { remote: 'x:' }, layout: in-place",
                ["bad-value"]
            ),
            ("route: transfer, root: efs", ["missing-key"]),
            ("route: transfer, root: ../x, file_system: fs-1", ["bad-path"]),
            ("route: bucket, root: efs, file_system: fs-1", ["missing-key", "missing-key"]),
            // One word changes the transport.
            ("route: transfer, root: efs, file_system: fs-1, bucket: { bucket: b }, host: h", []),
            ("root: efs, transfer: { user: u }, owner: { uid: 1 }, file_system: fs-1", []),
        ])
    func findings(data: String, expected: [String]) {
        #expect(codes(data) == expected)
    }
}
