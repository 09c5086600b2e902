package import AWS
package import PipelineModel
package import Processes
package import Slots

/// A target at which a release is the folder of its data, immutable, beside those of the others. The place itself keeps
/// which of them is live, and changes that in one step.
///
/// The caller records each deployment before `switchOver` and after it, has the lock of the place, and goes back by the
/// same call when a release does not pass its checks.
package protocol FolderTarget {
    /// Where the site answers; nil where nobody can ask it.
    var address: String? { get }

    /// What is live, by the place itself.
    func live() throws -> LiveFolder

    /// Throws where the release could not pass its checks, or its switch could not be made. Changes nothing.
    func confirm(_ release: FolderRelease) throws

    /// Makes a folder live in one step, and reads back that it is. At every moment either it or `before` is live.
    ///
    /// - Parameter before: what `live` answered. Something else by now is left as it is: then this throws.
    func switchOver(to folder: String, from before: LiveFolder) throws

    /// Undoes the first `switchOver` of an environment: nothing is live then. Throws where another folder is live.
    func takeDown(_ folder: String) throws

    /// Sees to it that the site answers, where that is this machine's: starts what does not run.
    func serve() throws

    /// What a question at the address shows to be wrong with the live release, which is to be `release`; nil for nothing.
    func fault(_ release: FolderRelease) throws -> String?
}

/// Which folder of a place is live.
package enum LiveFolder: Hashable, Sendable {
    case none
    /// As the place names it: a folder beside the others, where it is one of this tool's.
    case folder(String)
    /// What is there is no switch of this tool's; in words.
    case foreign(String)
}

/// A release that is a folder.
package struct FolderRelease {
    package let number: Int64
    package let manifest: DataManifest
    /// What the environment wants to be asked of it.
    package let site: SiteSettings
    /// The bytes of an entry; throws for one of more than 32 MiB.
    package let content: (DataManifest.Entry) throws -> [UInt8]

    package init(
        number: Int64, manifest: DataManifest, site: SiteSettings,
        content: @escaping (DataManifest.Entry) throws -> [UInt8]
    ) {
        self.number = number
        self.manifest = manifest
        self.site = site
        self.content = content
    }
}

/// What a target is given to make releases live at a place.
package struct FolderPlace {
    package let environment: EnvironmentDefinition
    /// The folder that holds those of releases.
    package let root: any Transport
    /// Where this machine sees it, absolute; nil where it does not.
    package let mounted: String?
    /// For what the target keeps on this machine, absolute.
    package let folder: String
    /// AWS; nil where the environment names no account.
    package let aws: AWSClient?
    package let cancel: Cancellation?
    /// Tells a person what is being waited for.
    package let note: (String) -> Void

    package init(
        environment: EnvironmentDefinition, root: any Transport, mounted: String?, folder: String,
        aws: AWSClient?, cancel: Cancellation?, note: @escaping (String) -> Void
    ) {
        self.environment = environment
        self.root = root
        self.mounted = mounted
        self.folder = folder
        self.aws = aws
        self.cancel = cancel
        self.note = note
    }
}
