package import DeployTargets
import Failures
import PipelineModel

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
            ],
            keysHelp: "the site of kind static, and what serves it", needs: [.section],
            layouts: [.full], healthPath: "/"),
        lacksImage: "not part of a static site, which is files alone",
        deployment: .folder { try StaticTarget($0) }, obstacle: obstacle)

    private static let serve = ObjectSchema([
        KeySchema("port", .integer(1...65535), required: true, "port of this machine")
    ])

    /// What a table of keys cannot express.
    private static func obstacle(_ environment: EnvironmentDefinition) -> Failure? {
        let folder = environment.options["folder"] ?? ""
        let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        if folder != ".", parts.contains(where: { ["", ".", ".."].contains($0) }) {
            return Failure(
                "bad-path", "\"static.folder\" must be a folder of the data, and not \"\(folder)\"",
                next: "write a path such as public, or . for all of the data")
        }
        switch environment.data.route.transport {
        case "directory": return nil
        case "sftp":
            guard environment.options.has("serve"), environment.data.mounted == nil else {
                return nil
            }
            return Failure(
                "missing-key", "nginx serves the site here, and \"data.mounted\" is not set",
                next:
                    "write where this machine sees the \"root\" of the data, or take \"serve\" out")
        default:
            return Failure(
                "bad-value", "kind static needs route directory or sftp, which can switch a link",
                next: "write one of them as \"route\"")
        }
    }
}
