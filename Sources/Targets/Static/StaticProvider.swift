package import DeployTargets
import Failures
import PipelineModel
import TransportProviders

extension DeployTargetProvider {
    /// Files alone: a release is a folder, and the link `current` beside the releases leads to the one that is live.
    package static let `static` = DeployTargetProvider(
        schema: TargetSchema(
            name: "static", summary: "files alone: a folder that a web server serves",
            keys: [
                KeySchema(
                    "folder", .string, required: true,
                    "the folder of the data that is the site, such as public; . for all of it"),
                KeySchema(
                    "serve", .object(serve), "nginx on this machine, which serves the live release"),
                KeySchema(
                    "url", .string,
                    "address at which another web server serves the live release; it is asked after a switch"
                ),
                KeySchema(
                    "cloudfront", .object(cloudFront),
                    "a CloudFront distribution over S3, whose origin path names the live release"),
            ],
            keysHelp: "the site of kind static, and what serves it", needs: [.section],
            layouts: [.full], healthPath: "/"),
        lacksImage: "not part of a static site, which is files alone",
        deployment: .folder { try StaticTarget($0) }, obstacle: obstacle)

    private static let serve = ObjectSchema([
        KeySchema("port", .integer(1...65535), required: true, "port of this machine")
    ])

    private static let cloudFront = ObjectSchema([
        KeySchema("distribution", .string, required: true, "id of the distribution"),
        KeySchema("origin", .string, "id of the origin in it; default: the only one"),
        KeySchema(
            "path", .string,
            "path of the data's root below the origin; default: the root without the bucket's name"),
        KeySchema(
            "invalidate", .boolean, default: "true",
            "have CloudFront ask the origin again for what it keeps"),
        KeySchema(
            "timeout", .duration, default: "30m", "time for a change to reach all places"),
    ])

    /// What a table of keys cannot express.
    private static func obstacle(
        _ environment: EnvironmentDefinition, _ transport: TransportProvider
    ) -> Failure? {
        let folder = environment.options["folder"] ?? ""
        let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        if folder != ".", parts.contains(where: { ["", ".", ".."].contains($0) }) {
            return Failure(
                "bad-path", "\"static.folder\" must be a folder of the data, and not \"\(folder)\"",
                next: "write a path such as public, or . for all of the data")
        }
        if environment.options.has("cloudfront") {
            return obstacleOfCloudFront(environment, transport)
        }
        guard transport.hasLinks else { return .noLinks }
        if transport.isLocal || environment.data.mounted != nil { return nil }
        guard environment.options.has("serve") else { return nil }
        return Failure(
            "missing-key", "nginx serves the site here, and \"data.mounted\" is not set",
            next: "write where this machine sees the \"root\" of the data, or take \"serve\" out")
    }

    private static func obstacleOfCloudFront(
        _ environment: EnvironmentDefinition, _ transport: TransportProvider
    ) -> Failure? {
        if environment.aws == nil {
            return Failure(
                "missing-key", "the environment lives at AWS and has no \"aws\"",
                next: "write the region, and the account that it must be")
        }
        if environment.options.has("serve") {
            return Failure(
                "bad-value", "\"serve\" and \"cloudfront\" exclude each other",
                next: "take one of them out")
        }
        if transport.reachesBuckets { return nil }
        return Failure(
            "bad-value", "\"cloudfront\" needs the data in S3", next: "write \"route: rclone\"")
    }
}
