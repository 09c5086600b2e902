package import AWS
package import PipelineLedger
package import PipelineModel
package import Processes

/// Access to a place by something that is made for a command, is billed, and is removed at its end.
package struct TemporaryAccess: Sendable {
    /// What opening it makes and is billed.
    package let bills: @Sendable (TransportOptions) -> [Bill]
    /// Removes what killed runs have left, makes what is needed, and connects. On a failure nothing is left.
    package let open: @Sendable (AccessRequest) throws -> any TransportConnection
    /// Removes what killed runs have left.
    package let sweep: @Sendable (AccessRequest) throws -> Void
    /// What exists at AWS now, no matter who made it, and changes nothing; nil where the ledger alone knows.
    package let leftovers: (@Sendable (AWSClient) throws -> [Leftover])?
    /// Has the other end refuse what an earlier holder of the lock still sends; nil where that cannot arrive.
    package let raiseFence: (@Sendable (FenceRequest) throws -> Void)?
    /// A person's session where the data is mounted, while the access is open or kept for it; nil where there is none.
    package let shell: (@Sendable (AccessRequest) throws -> Shell)?

    package struct Bill: Hashable, Sendable {
        package let kind: LeaseRecord.Kind
        /// US dollars; nil where nobody has said.
        package let costPerHour: Double?

        package init(_ kind: LeaseRecord.Kind, costPerHour: Double? = nil) {
            self.kind = kind
            self.costPerHour = costPerHour
        }
    }

    package struct Leftover: Hashable, Sendable {
        /// Its own id.
        package let resource: String
        /// What it is, as `server`, and with an article, as `an SFTP server`.
        package let noun: String
        package let article: String
        /// Whose it is, by its tags.
        package let project: String
        package let environment: String
        /// As `AccessRequest.site`; nil where it names none, as one that an earlier version made.
        package let site: String?

        package init(
            resource: String, noun: String, article: String, project: String, environment: String,
            site: String?
        ) {
            self.resource = resource
            self.noun = noun
            self.article = article
            self.project = project
            self.environment = environment
            self.site = site
        }
    }

    package struct Shell: Sendable {
        package let command: ProcessCommand
        /// The folder that holds the slots, as the session sees it.
        package let folder: String

        package init(command: ProcessCommand, folder: String) {
            self.command = command
            self.folder = folder
        }
    }

    package init(
        bills: @escaping @Sendable (TransportOptions) -> [Bill],
        open: @escaping @Sendable (AccessRequest) throws -> any TransportConnection,
        sweep: @escaping @Sendable (AccessRequest) throws -> Void,
        leftovers: (@Sendable (AWSClient) throws -> [Leftover])? = nil,
        raiseFence: (@Sendable (FenceRequest) throws -> Void)? = nil,
        shell: (@Sendable (AccessRequest) throws -> Shell)? = nil
    ) {
        self.bills = bills
        self.open = open
        self.sweep = sweep
        self.leftovers = leftovers
        self.raiseFence = raiseFence
        self.shell = shell
    }
}
