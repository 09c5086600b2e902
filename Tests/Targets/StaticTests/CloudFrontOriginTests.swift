import AWS
import DeployTargets
import DirectoryTransports
import Failures
import FoundationEssentials
import PipelineModel
import Posix
import Slots
import Testing
import TransportProviders

@testable import StaticSite

/// The origin path of a distribution, which a script in the place of `aws` keeps in a file.
@Suite struct CloudFrontOriginTests {
    private let scratch: String

    init() throws {
        scratch =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-origin-\(UUID().uuidString)"
        try FileSystem.createDirectories(scratch)
        try write(
            "aws",
            """
            #!/bin/sh
            cd \(scratch)
            echo "$2" >> calls
            case $2 in
              get-distribution-config) printf '{"ETag": "E1", "DistributionConfig": %s}' "$(cat config)" ;;
              get-distribution) cat status ;;
              update-distribution) [ "$8" = E1 ] || exit 9; echo "$6" > config; echo '{}' ;;
              create-invalidation) echo '{}' ;;
            esac
            """)
        try FileSystem.changeMode("\(scratch)/aws", to: 0o755)
        try write("status", #"{"Distribution": {"Status": "Deployed"}}"#)
        try write(
            "config",
            #"{"Comment": "kept", "Origins": {"Items": [{"Id": "s3", "OriginPath": "", "Rest": 1.5}]}}"#
        )
    }

    private func write(_ name: String, _ text: String) throws {
        try FileSystem.writeAtomically(text.utf8, to: "\(scratch)/\(name)")
    }

    private func text(_ name: String) throws -> String {
        try FileSystem.readText("\(scratch)/\(name)")
    }

    private func target(_ more: String = "") throws -> StaticTarget {
        let environment = try EnvironmentReader.read(
            """
            kind: static
            aws: { region: eu-west-1 }
            data: { root: bucket/sites/one }
            static: { folder: public, cloudfront: { distribution: D\(more) } }
            """, name: "web", file: "web.yaml",
            transports: [TransportProvider.directory.schema],
            targets: TargetSchema.builtIn + [DeployTargetProvider.static.schema])
        var settings = AWSSettings(region: "eu-west-1", profile: nil, endpoint: nil)
        settings.program = "\(scratch)/aws"
        return try StaticTarget(
            FolderPlace(
                environment: environment, root: DirectoryTransport(root: scratch), mounted: nil,
                folder: scratch, aws: AWSClient(settings), cancel: nil, note: { _ in }))
    }

    private func code(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return Failure(of: error).code }
        return nil
    }

    @Test("the path names the release below the root; all else of the configuration survives")
    func switching() throws {
        let target = try target()
        #expect(try target.live() == .none)
        try target.switchOver(to: "one", from: .none)
        #expect(
            try text("config")
                == #"{"Comment":"kept","Origins":{"Items":[{"Id":"s3","OriginPath":"/sites/one/one/public","Rest":1.5}]}}"#
                + "\n")
        #expect(try target.live() == .folder("one"))
        #expect(code { try target.switchOver(to: "two", from: .none) } == "live-changed")
        try target.switchOver(to: "two", from: .folder("one"))
        #expect(code { try target.takeDown("one") } == "live-changed")
        try target.takeDown("two")
        #expect(try target.live() == .none)
        #expect(
            try text("calls").split(separator: "\n").filter { $0 == "update-distribution" }.count
                == 3)
    }

    @Test(
        "a path that this tool has not written is no release",
        arguments: [
            "/v1", "/sites/one", "/sites/one/", "/sites/one/a", "/sites/one/a/other",
            "/sites/two/a/public",
        ])
    func foreign(path: String) throws {
        try write("config", #"{"Origins": {"Items": [{"Id": "s3", "OriginPath": "\#(path)"}]}}"#)
        #expect(
            try target().live() == .foreign("the origin path of distribution D is \"\(path)\""))
    }

    @Test("an answer of another form is an error, and nothing is changed")
    func unreadable() throws {
        try write("config", "null, \"Other\": 1")
        try write("aws", try text("aws").replacing("DistributionConfig", with: "Another"))
        try FileSystem.changeMode("\(scratch)/aws", to: 0o755)
        let target = try target()
        #expect(
            code { try target.switchOver(to: "one", from: .none) } == "distribution-unreadable")
        #expect(try !text("calls").contains("update-distribution"))
    }

    @Test("an answer that is lost is looked up: what the distribution has then decides")
    func lostAnswer() throws {
        let lost = "echo \"$6\" > config; echo 'Connection was closed' >&2; exit 255 ;;"
        let refused = "echo 'Connection was closed' >&2; exit 255 ;;"
        let script = try text("aws")
        for (answer, isDone) in [(lost, true), (refused, false)] {
            try write("aws", script.replacing("echo \"$6\" > config; echo '{}' ;;", with: answer))
            try FileSystem.changeMode("\(scratch)/aws", to: 0o755)
            let before = try target().live()
            let failure = code { try target().switchOver(to: "new-\(isDone)", from: before) }
            #expect((failure == nil) == isDone)
            #expect(try target().live() == (isDone ? .folder("new-true") : before))
        }
        // Neither was sent a second time.
        #expect(
            try text("calls").split(separator: "\n").filter { $0 == "update-distribution" }.count
                == 2)
    }

    @Test("of several origins one must be named")
    func origins() throws {
        try write(
            "config",
            #"{"Origins": {"Items": [{"Id": "a", "OriginPath": "/x"}, {"Id": "b", "OriginPath": ""}]}}"#
        )
        let target = try target()
        #expect(code { _ = try target.live() } == "origin-unknown")
        let other = try self.target(", origin: c")
        #expect(code { _ = try other.live() } == "origin-unknown")
        #expect(try self.target(", origin: b").live() == .none)
    }

    @Test(
        "a change that does not reach all places in time is an error; then nothing is invalidated")
    func slow() throws {
        try write("status", #"{"Distribution": {"Status": "InProgress"}}"#)
        let target = try target(", timeout: 1s")
        #expect(code { try target.serve() } == "distribution-slow")
        #expect(try !text("calls").contains("create-invalidation"))
        try write("status", #"{"Distribution": {"Status": "Deployed"}}"#)
        try target.serve()
        #expect(try text("calls").contains("create-invalidation"))
    }
}
