package import AWS
package import JSON
package import PipelineModel
package import Processes

/// A service of AWS that updates itself to a release: all that the rest of the tool asks about it.
package struct ServiceProvider: Sendable {
    /// Tells the service of an environment from every other of the account, as the operators' record has it.
    package let identity: @Sendable (EnvironmentDefinition) -> String
    /// The kind of the intent that has it run a version.
    package let updateIntent: String
    /// Whether a version names the slot of its data, so that another clone's version runs only while that slot holds it.
    package let versionsHoldSlot: Bool
    /// The bucket of an environment that names none; nil where its file must name one.
    package let accountBucket: AccountBucket?
    /// Actions of AWS that an operator needs for it, beside those of every environment at AWS: the policy on its page of the guide
    /// allows these.
    package let permissions: [String]
    /// What releases remember of it beside the settings of the site, by names of its own. What changes there makes a release.
    package let settings: @Sendable (EnvironmentDefinition) -> [String: JSONValue]
    package let make: @Sendable (ServicePlace) -> any ServiceTarget

    package init(
        identity: @escaping @Sendable (EnvironmentDefinition) -> String, updateIntent: String,
        versionsHoldSlot: Bool = false, accountBucket: AccountBucket? = nil,
        permissions: [String],
        settings: @escaping @Sendable (EnvironmentDefinition) -> [String: JSONValue],
        make: @escaping @Sendable (ServicePlace) -> any ServiceTarget
    ) {
        self.identity = identity
        self.updateIntent = updateIntent
        self.versionsHoldSlot = versionsHoldSlot
        self.accountBucket = accountBucket
        self.permissions = permissions
        self.settings = settings
        self.make = make
    }
}

extension ServiceProvider {
    /// A bucket that a service keeps once in each region of an account.
    package struct AccountBucket: Sendable {
        /// What its name follows from.
        package let name: @Sendable (_ region: String, _ account: String) -> String
        package let make: @Sendable (AWSClient) throws -> Void

        package init(
            name: @escaping @Sendable (_ region: String, _ account: String) -> String,
            make: @escaping @Sendable (AWSClient) throws -> Void
        ) {
            self.name = name
            self.make = make
        }
    }
}

/// What a service is asked with.
package struct ServicePlace {
    package let environment: EnvironmentDefinition
    package let client: AWSClient
    /// Of the project, absolute.
    package let root: String
    /// Of this machine, for what is on its way; absolute.
    package let folder: String
    /// Ends the questions.
    package let cancel: () -> Cancellation?

    package init(
        environment: EnvironmentDefinition, client: AWSClient, root: String, folder: String,
        cancel: @escaping () -> Cancellation?
    ) {
        self.environment = environment
        self.client = client
        self.root = root
        self.folder = folder
        self.cancel = cancel
    }

    /// An absolute path of a project-relative one.
    package func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(root)/\(path)"
    }
}
