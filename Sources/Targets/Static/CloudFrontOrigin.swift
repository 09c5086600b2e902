import AWS
import DeployTargets
import Failures
import JSON
import PipelineModel
import Posix
import Processes

/// A CloudFront distribution whose origin path names the folder of the live release.
///
/// Its configuration is kept as JSON of any form: what this program does not know survives. It is written only over the
/// version that was read (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html).
struct CloudFrontOrigin: LiveSwitch {
    private let client: AWSClient
    private let distribution: String
    /// The origin's id; nil for the only one.
    private let origin: String?
    /// The path below the origin that holds the folders of releases, such as `/sites/figures`; empty at its root.
    private let base: String
    /// The folder of a release that is the site; empty for all of it.
    private let site: String
    private let invalidates: Bool
    /// Seconds for a change to reach all places.
    private let timeout: Double
    private let cancel: Cancellation?

    init(_ place: FolderPlace, site: String) throws {
        guard let client = place.aws else {
            throw Failure(
                "missing-key", "the environment lives at AWS and has no \"aws\"",
                next: "write the region, and the account that it must be")
        }
        let options = place.environment.options
        self.client = client
        distribution = options.text("cloudfront.distribution")
        origin = options["cloudfront.origin"]
        let parts =
            options["cloudfront.path"].map { $0.split(separator: "/") }
            // The first part of the root is the bucket.
            ?? Array(place.environment.data.route.root.split(separator: "/").dropFirst())
        base = parts.map { "/" + $0 }.joined()
        self.site = site
        invalidates = options.boolean("cloudfront.invalidate")
        timeout = options.duration("cloudfront.timeout")
        cancel = place.cancel
    }

    /// A configuration with the tag of its version.
    struct Configuration {
        let tag: String
        var document: JSONValue
    }

    func live() throws -> LiveFolder {
        let configuration = try read()
        return name(try path(in: configuration))
    }

    func change(from before: LiveFolder, to after: LiveFolder) throws {
        var configuration = try read()
        let found = name(try path(in: configuration))
        guard found == before else { throw changed(before, found) }
        try setPath(of: after, in: &configuration)
        let call = AWSCall.updateDistribution(
            distribution, configuration.document, tag: configuration.tag)
        do throws(AWSError) { _ = try client.run(call, cancel: cancel) } catch {
            // The answer was lost, or somebody else was quicker: what it is now decides.
            let now = try live()
            if now == after { return }
            if error.code == "PreconditionFailed" { throw changed(before, now) }
            throw error
        }
        let now = try live()
        if now != after { throw changed(after, now) }
    }

    private func changed(_ wanted: LiveFolder, _ found: LiveFolder) -> Failure {
        .liveChanged("the origin path of distribution \(distribution)", wanted, found)
    }

    /// Waits until every place of CloudFront has the configuration, and then has it ask the origin again for what it keeps.
    func settle() throws {
        let began = MonotonicClock.nanoseconds()
        while true {
            let output = try client.run(.distribution(distribution), cancel: cancel)
            let status =
                try JSONValue(parsing: output)["Distribution"]?["Status"]?.string ?? "unknown"
            if status == "Deployed" { break }
            let passed = Double(MonotonicClock.nanoseconds() - began) / 1e9
            guard passed < timeout else {
                throw Failure(
                    "distribution-slow",
                    "distribution \(distribution) has not reached all places in \(Int(timeout)) s",
                    cause: "its status is \"\(status)\"",
                    next: "wait, then run it again, or write a longer \"timeout\"", run: .again)
            }
            // At a tenth of the time that has passed, so that a wait is at most so much too long.
            try AWSClient.pause(min(30, max(0.5, passed / 10)), cancel)
        }
        if invalidates { _ = try client.run(.invalidation(distribution), cancel: cancel) }
    }

    private func read() throws -> Configuration {
        let output = try client.run(.distributionConfig(distribution), cancel: cancel)
        let answer = try JSONValue(parsing: output)
        guard let tag = answer["ETag"]?.string, let document = answer["DistributionConfig"] else {
            throw Failure(
                "distribution-unreadable",
                "the configuration of distribution \(distribution) cannot be read",
                cause: "the answer has no ETag, or no DistributionConfig", run: .again)
        }
        return Configuration(tag: tag, document: document)
    }

    /// The origins of a configuration, and which of them is the site's.
    private func origins(_ configuration: Configuration) throws -> (all: [JSONValue], index: Int) {
        let all = configuration.document["Origins"]?["Items"]?.elements ?? []
        if let origin {
            if let index = all.firstIndex(where: { $0["Id"]?.string == origin }) {
                return (all, index)
            }
        } else if all.count == 1 {
            return (all, 0)
        }
        let names = all.compactMap { $0["Id"]?.string }.joined(separator: ", ")
        throw Failure(
            "origin-unknown",
            origin.map { "distribution \(distribution) has no origin \"\($0)\"" }
                ?? "distribution \(distribution) has \(all.count) origins",
            next: "name one of these as \"origin\" under \"static.cloudfront\": \(names)")
    }

    private func path(in configuration: Configuration) throws -> String {
        let (all, index) = try origins(configuration)
        return all[index]["OriginPath"]?.string ?? ""
    }

    private func setPath(
        of live: LiveFolder, in configuration: inout Configuration
    ) throws {
        let found = try origins(configuration)
        var path = ""
        if case .folder(let folder) = live {
            path = base + "/" + folder + (site.isEmpty ? "" : "/" + site)
        }
        var all = found.all
        all[found.index]["OriginPath"] = .string(path)
        configuration.document["Origins"]?["Items"] = .array(all)
    }

    /// The folder that an origin path names.
    private func name(_ path: String) -> LiveFolder {
        if path.isEmpty { return .none }
        let foreign = LiveFolder.foreign(
            "the origin path of distribution \(distribution) is \"\(path)\"")
        guard path.hasPrefix(base + "/") else { return foreign }
        let parts = path.dropFirst(base.count + 1).split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let folder = parts.first, !folder.isEmpty,
            (parts.count > 1 ? String(parts[1]) : "") == site
        else { return foreign }
        return .folder(String(folder))
    }
}

extension AWSCall {
    fileprivate static func distribution(_ id: String) -> AWSCall {
        AWSCall("cloudfront", "get-distribution", ["--id", id])
    }

    fileprivate static func distributionConfig(_ id: String) -> AWSCall {
        AWSCall("cloudfront", "get-distribution-config", ["--id", id])
    }

    /// Sent twice it is refused the second time, since the tag is another by then.
    fileprivate static func updateDistribution(
        _ id: String, _ configuration: JSONValue, tag: String
    ) -> AWSCall {
        AWSCall(
            "cloudfront", "update-distribution",
            ["--id", id, "--distribution-config", configuration.text, "--if-match", tag],
            isRepeatable: false)
    }

    fileprivate static func invalidation(_ id: String) -> AWSCall {
        AWSCall(
            "cloudfront", "create-invalidation", ["--distribution-id", id, "--paths", "/*"])
    }
}
