import DeployLocking
import DeployTargets
import Digests
import PipelineModel
import Posix

/// What tells an environment from every other of the account, also from one of the same name: project, application and
/// the place of its data.
struct CloudSite: Sendable {
    let owner: DeployRecord.Owner
    /// Everything in the bucket that belongs to this environment alone is below it; ends in a slash.
    let prefix: String
    /// Where earlier versions of this program kept things of any environment of this name; ends in a slash.
    let sharedPrefix: String
    let signs: RecordSigns

    init(_ project: String, _ environment: EnvironmentDefinition, root: String) {
        // What runs the environment's releases.
        let application = Registry.target(environment).service?.identity(environment) ?? "data"
        let place = Self.place(environment)
        owner = DeployRecord.Owner(
            project: project, environment: environment.name, application: application, place: place)
        // Data without a site is distinguished by its place; a site keeps its lock when its data moves.
        let distinct = application == "data" ? "data \(place)" : application
        let parts = [project, environment.name].map(Self.part)
        sharedPrefix = "pipeline/\(environment.name)/"
        prefix = "pipeline/\(parts[0])/\(parts[1])/\(Digest.of(distinct).short)/"
        signs = RecordSigns(repository: environment.repository, folder: "\(Host.name):\(root)")
    }

    var recordKey: String { prefix + "record.json" }
    var fenceKey: String { prefix + "fence.json" }

    /// The file system and the folder in it that holds the slots.
    private static func place(_ environment: EnvironmentDefinition) -> String {
        let root = environment.data.route.root.split(separator: "/").joined(separator: "/")
        return "\(environment.data.fileSystem ?? "-"):/\(root)"
    }

    /// A name as one part of a key; another name is another part.
    private static func part(_ name: String) -> String {
        let kept = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) ? $0 : "_" })
        return kept == name ? name : "\(kept)-\(Digest.of(name).short)"
    }
}
