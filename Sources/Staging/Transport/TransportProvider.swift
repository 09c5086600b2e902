package import PipelineModel
package import Processes

/// A way to send data that is added as one folder: all that the rest of the tool asks about it.
///
/// `Sources/Shipping/Registry.swift` lists the providers; adding one changes that file and `Package.swift`, and no other.
package struct TransportProvider: Sendable {
    /// Its name, and the keys of an environment that it understands.
    package let schema: TransportSchema
    /// Programs that it starts, each with the words that print its version and how it is installed.
    package let programs: [(words: [String], advice: String)]
    /// Names the place, without anything secret: what the ledger knows of slots belongs to it.
    package let identity: @Sendable (TransportOptions) -> String
    /// The transport of one folder: that of a slot, or the one that holds the slots.
    package let make: @Sendable (Request) -> any Transport

    package struct Request: Sendable {
        package let options: TransportOptions
        /// The folder, below the place that the options name.
        package let folder: String
        /// Ends the programs that were started; nil where nothing can be interrupted.
        package let cancel: Cancellation?

        package init(options: TransportOptions, folder: String, cancel: Cancellation?) {
            self.options = options
            self.folder = folder
            self.cancel = cancel
        }
    }

    package init(
        schema: TransportSchema, programs: [(words: [String], advice: String)],
        identity: @escaping @Sendable (TransportOptions) -> String,
        make: @escaping @Sendable (Request) -> any Transport
    ) {
        self.schema = schema
        self.programs = programs
        self.identity = identity
        self.make = make
    }
}
