package import Digests

/// What one release is on Beanstalk: an image, the slot that holds its data, and configuration.
package struct BundleSettings: Hashable, Sendable {
    /// A file of the data manifest, for the check on the instance.
    package struct File: Hashable, Sendable {
        /// Relative to the slot, with slashes.
        package var path: String
        package var digest: Digest

        package init(path: String, digest: Digest) {
            self.path = path
            self.digest = digest
        }
    }

    /// A folder of the slot, and where the site sees it.
    package struct Folder: Hashable, Sendable {
        package var data: String
        package var container: String

        package init(data: String, container: String) {
            self.data = data
            self.container = container
        }
    }

    /// What the instance compares before it starts the site, beyond the slot's marker.
    package enum Verification: Hashable, Sendable {
        /// Nothing more.
        case marker
        /// The content of all pickles: loading one runs the code that is in it.
        case pickles
        /// The content of all files; minutes on a file system that is reached over a network.
        case full
    }

    /// By digest: `host/name@sha256:…`.
    package var image: String
    /// Where the site listens in its container.
    package var containerPort: Int
    /// Where the container is reached on the instance; nil lets Beanstalk choose.
    package var hostPort: Int?
    /// The folder of the slot on the instance, on the file system that is mounted there.
    package var hostFolder: String
    /// The folder in the slot that the site sees; nil for the slot itself, marker and all.
    package var dataFolder: String?
    /// Where the site sees it, read-write as Dockerrun knows no other way.
    package var containerFolder: String
    /// More folders of the slot, and where the site sees them.
    package var otherFolders: [Folder] = []
    /// More environment variables for the site. No secrets: the bundle is kept by Beanstalk as it is.
    package var variables: [String: String]
    /// The number of the release. Told to the site, and no part of what the release is.
    package var release: Int
    /// The digest of the data manifest that the slot must hold.
    package var manifest: Digest
    /// The manifest's files; only the pickles are needed unless `verification` is `full`.
    package var files: [File]
    package var verification: Verification
    /// Seconds that a command on the instance may take, pulling the image included; nil leaves what is set.
    package var commandTimeout: Int?
    /// Seconds that the check waits for the slot to appear where the file system is being mounted.
    package var mountPatience: Int
    /// Images that stay on the instance besides the deployed one, by digest, for a quick way back.
    /// Like the number of the release no part of what the release is.
    package var retainedImages: [String]
    /// More files of the folder that the bundle takes, by their paths in it.
    package var otherFiles: [String]

    package init(
        image: String, containerPort: Int = 8000, hostPort: Int? = nil, hostFolder: String,
        dataFolder: String? = nil, containerFolder: String, variables: [String: String] = [:],
        release: Int, manifest: Digest,
        files: [File] = [], verification: Verification = .pickles, commandTimeout: Int? = nil,
        mountPatience: Int = 120, retainedImages: [String] = [], otherFiles: [String] = []
    ) {
        self.image = image
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.hostFolder = hostFolder
        self.dataFolder = dataFolder
        self.containerFolder = containerFolder
        self.variables = variables
        self.release = release
        self.manifest = manifest
        self.files = files
        self.verification = verification
        self.commandTimeout = commandTimeout
        self.mountPatience = mountPatience
        self.retainedImages = retainedImages
        self.otherFiles = otherFiles
    }

    /// What the container mounts.
    var mountedFolder: String { dataFolder.map { "\(hostFolder)/\($0)" } ?? hostFolder }

    /// The settings without what may differ between two releases that are the same: what two bundles are
    /// compared by.
    var identity: BundleSettings {
        var settings = self
        settings.release = 0
        settings.retainedImages = []
        return settings
    }

    /// The image without its digest.
    var repository: String { String(image.prefix { $0 != "@" }) }
}
