package import PipelineModel
package import Processes

/// A way to send data: all that the rest of the tool asks about it.
///
/// `Sources/Shipping/Registry.swift` lists the providers; adding one changes that file and `Package.swift`, and no other of the sources.
package struct TransportProvider: Sendable {
    /// Its name, and the keys of an environment that it understands, with their defaults.
    package let schema: TransportSchema
    /// Programs of this machine that it starts.
    package let programs: [RequiredProgram]
    /// Whether the root is a folder of this machine.
    package let isLocal: Bool
    /// Whether its place can hold a symbolic link that is replaced in one step (`LinkingTransport`).
    package let hasLinks: Bool
    /// Whether the root may be a bucket of S3 with a path in it: `BUCKET/PATH`.
    package let reachesBuckets: Bool
    /// Whether a filling looks before its changes whether the slot is still its own: true, unless each look is a job of seconds
    /// (the bucket's). Then the operators' lock at AWS alone guards the slot, and another lock must be given.
    package let isFenced: Bool
    /// Actions of AWS that an operator needs for it: the policy on its page of the guide allows these and no others.
    package let permissions: [String]
    /// Names the place, without anything secret: what the ledger knows of slots belongs to it.
    package let identity: @Sendable (TransportOptions) -> String
    /// What `doctor` asks of it beside its programs, for each environment that uses it. Nothing is changed, and nothing started
    /// that is billed. An error is reported as a question that could not be answered.
    package let checks: @Sendable (_ environment: String, TransportOptions) throws -> [Diagnosis]
    package let access: Access

    /// How the place is reached.
    package enum Access: Sendable {
        /// At any time.
        case lasting(@Sendable (Request) -> any TransportConnection)
        /// By something that is made for a command, is billed, and is removed at its end.
        case temporary(TemporaryAccess)
    }

    package struct Request: Sendable {
        package let options: TransportOptions
        /// Ends the programs that were started; nil where nothing can be interrupted.
        package let cancel: Cancellation?

        package init(options: TransportOptions, cancel: Cancellation?) {
            self.options = options
            self.cancel = cancel
        }
    }

    package init(
        schema: TransportSchema, programs: [RequiredProgram] = [], isLocal: Bool = false,
        hasLinks: Bool = false, reachesBuckets: Bool = false, isFenced: Bool = true,
        permissions: [String] = [],
        identity: @escaping @Sendable (TransportOptions) -> String,
        checks:
            @escaping @Sendable (_ environment: String, TransportOptions) throws -> [Diagnosis] =
            { _, _ in [] },
        access: Access
    ) {
        self.schema = schema
        self.programs = programs
        self.isLocal = isLocal
        self.hasLinks = hasLinks
        self.reachesBuckets = reachesBuckets
        self.isFenced = isFenced
        self.permissions = permissions
        self.identity = identity
        self.checks = checks
        self.access = access
    }

    /// What is made for a command; nil where the place can be reached at any time. Where there is one, looking takes minutes
    /// and is billed: what the operators have recorded counts then, until somebody writes.
    package var temporary: TemporaryAccess? {
        if case .temporary(let access) = access { access } else { nil }
    }
}
