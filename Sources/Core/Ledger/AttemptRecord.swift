package import Digests
package import PipelinePlanning
package import Posix

/// What is recorded of an attempt when it ends.
package struct AttemptEnd: Sendable {
    package let attempt: Int64
    package let unit: String
    package let outcome: Outcome
    package let ended: Timestamp
    package let durationMs: Int64

    package enum Outcome: Sendable {
        case success(Success)
        case failed(message: String)
        case interrupted
    }

    package struct Success: Sendable {
        /// True where the outputs came from the store.
        package let wasRestored: Bool
        package let recipe: ComponentSet
        package let code: ComponentSet
        package let inputs: ComponentSet
        package let reads: ComponentSet
        package let artifacts: [Artifact]
        /// The state of each output file, so that it need not be hashed again.
        package let files: [String: KnownFile]
        /// JSON: the values of an axis.
        package let result: String?
        /// JSON: what the worker measured.
        package let metrics: String?
        /// Who made the outputs, where that was another clone.
        package let origin: ResultOrigin?

        package init(
            wasRestored: Bool, recipe: ComponentSet, code: ComponentSet, inputs: ComponentSet,
            reads: ComponentSet, artifacts: [Artifact], files: [String: KnownFile], result: String?,
            metrics: String? = nil, origin: ResultOrigin? = nil
        ) {
            self.wasRestored = wasRestored
            self.recipe = recipe
            self.code = code
            self.inputs = inputs
            self.reads = reads
            self.artifacts = artifacts
            self.files = files
            self.result = result
            self.metrics = metrics
            self.origin = origin
        }
    }

    package init(
        attempt: Int64, unit: String, outcome: Outcome, ended: Timestamp, durationMs: Int64
    ) {
        self.attempt = attempt
        self.unit = unit
        self.outcome = outcome
        self.ended = ended
        self.durationMs = durationMs
    }
}

/// Something that an attempt made.
package struct Artifact: Sendable, Hashable {
    package let kind: Kind
    /// A file's path, an image's reference.
    package let name: String
    package let digest: Digest
    /// Bytes.
    package let size: Int64
    package let form: OutputRecord.Form

    package enum Kind: String, Sendable {
        case file, image, manifest, code
        case pushedImage = "pushed-image"
    }

    package init(
        kind: Kind, name: String, digest: Digest, size: Int64, form: OutputRecord.Form = .file
    ) {
        self.form = form
        self.kind = kind
        self.name = name
        self.digest = digest
        self.size = size
    }
}
