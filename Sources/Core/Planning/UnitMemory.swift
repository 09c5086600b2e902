package import Digests

/// What the ledger remembers of one unit.
package struct UnitMemory: Sendable {
    /// The last attempt that made the outputs, or found them in the store.
    package var success: Success?
    /// Why the newest attempt made nothing, if it did not.
    package var failure: Failure?

    package struct Success: Sendable {
        package let attempt: Int64
        package let recipe: Digest
        package let code: Digest
        package let inputs: Digest
        package let reads: Digest
        package let outputs: [OutputRecord]
        /// The values of an axis, as JSON.
        package let result: String?
        /// Who made it, where that was another clone: its outputs are in an archive. Nil for what was made here.
        package let origin: ResultOrigin?

        package init(
            attempt: Int64, recipe: Digest, code: Digest, inputs: Digest, reads: Digest,
            outputs: [OutputRecord], result: String?, origin: ResultOrigin? = nil
        ) {
            self.attempt = attempt
            self.recipe = recipe
            self.code = code
            self.inputs = inputs
            self.reads = reads
            self.outputs = outputs
            self.result = result
            self.origin = origin
        }
    }

    package struct Failure: Sendable {
        package let attempt: Int64
        package let wasInterrupted: Bool
        package let message: String

        package init(attempt: Int64, wasInterrupted: Bool, message: String) {
            self.attempt = attempt
            self.wasInterrupted = wasInterrupted
            self.message = message
        }
    }

    package init(success: Success? = nil, failure: Failure? = nil) {
        self.success = success
        self.failure = failure
    }
}

/// Who made a result, when, and how long it took there.
package struct ResultOrigin: Sendable, Hashable {
    package let user: String
    package let host: String
    /// The git commit of the working tree there; nil where that was no repository.
    package let commit: String?
    /// Milliseconds since 1970-01-01 UTC.
    package let madeMs: Int64
    package let milliseconds: Int64

    package init(user: String, host: String, commit: String?, madeMs: Int64, milliseconds: Int64) {
        self.user = user
        self.host = host
        self.commit = commit
        self.madeMs = madeMs
        self.milliseconds = milliseconds
    }

    package var author: String { "\(user)@\(host)" }
}

/// A file that a unit made.
package struct OutputRecord: Sendable, Hashable {
    package let path: String
    package let digest: Digest
    /// Bytes.
    package let size: Int64
    package let form: Form

    package enum Form: String, Sendable {
        case file, executable
        /// The digest is of all that it holds; each file in it is an output of its own.
        case folder
    }

    package init(path: String, digest: Digest, size: Int64, form: Form = .file) {
        self.form = form
        self.path = path
        self.digest = digest
        self.size = size
    }
}
