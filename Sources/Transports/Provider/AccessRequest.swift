package import AWS
package import PipelineLedger
package import PipelineModel
package import Processes

/// For whom a temporary access is made, and by what.
package struct AccessRequest {
    package let options: TransportOptions
    package let project: String
    package let environment: String
    /// What the lock guards, as no other site of the account is called, also none of the same project and environment.
    package let site: String
    package let client: AWSClient
    /// The number of the account, once it is known to be the right one.
    package let account: () throws -> String
    /// The environment's own folder on this machine, absolute.
    package let folder: String
    package let leases: any LeaseBook
    package let lock: LockState
    /// Whether a person has a session open on what was made for it.
    package let isShellOpen: () throws -> Bool
    package let cancel: Cancellation
    /// Told what a person should know, billed resources among it.
    package let note: (String) -> Void

    package init(
        options: TransportOptions, project: String, environment: String, site: String,
        client: AWSClient, account: @escaping () throws -> String, folder: String,
        leases: any LeaseBook,
        lock: LockState, isShellOpen: @escaping () throws -> Bool, cancel: Cancellation,
        note: @escaping (String) -> Void
    ) {
        self.options = options
        self.project = project
        self.environment = environment
        self.site = site
        self.client = client
        self.account = account
        self.folder = folder
        self.leases = leases
        self.lock = lock
        self.isShellOpen = isShellOpen
        self.cancel = cancel
        self.note = note
    }

    /// The lock of the environment, as this command has it.
    package struct LockState {
        /// Throws where the environment is another operator's by now.
        package let confirm: () throws -> Void
        /// Who has taken it; nil where it is still ours.
        package let holder: () -> String?
        /// nil where nobody here holds the lock.
        package let fence: Fence?

        package init(
            confirm: @escaping () throws -> Void, holder: @escaping () -> String?, fence: Fence?
        ) {
            self.confirm = confirm
            self.holder = holder
            self.fence = fence
        }
    }

    /// The number of the lock's holder: each holder has a higher one than those before.
    package struct Fence: Sendable {
        package let number: Int
        /// Names the site whose lock it is.
        package let site: String
        /// The object that keeps the highest number where the other end can read it.
        package let key: String

        package init(number: Int, site: String, key: String) {
            self.number = number
            self.site = site
            self.key = key
        }
    }
}

/// What the other end is to refuse from now on: all of a lower number.
package struct FenceRequest {
    package let options: TransportOptions
    package let client: AWSClient
    package let account: () throws -> String
    package let fence: AccessRequest.Fence
    /// Of this machine, for what is on its way.
    package let folder: String
    package let cancel: Cancellation

    package init(
        options: TransportOptions, client: AWSClient, account: @escaping () throws -> String,
        fence: AccessRequest.Fence, folder: String, cancel: Cancellation
    ) {
        self.options = options
        self.client = client
        self.account = account
        self.fence = fence
        self.folder = folder
        self.cancel = cancel
    }
}

/// Where billed things are written down before they exist, for one environment. What is written survives a power cut before
/// the next line is reached.
package protocol LeaseBook {
    /// - Parameter resource: its id; nil where it is not known yet.
    /// - Returns: the lease's number.
    func begin(
        _ kind: LeaseRecord.Kind, token: String, resource: String?, costPerHour: Double?
    ) throws -> Int64
    func name(_ lease: Int64, resource: String) throws
    /// It is known to be there no more, or never to have been.
    func end(_ lease: Int64) throws
    /// Leases that have no end.
    func open(_ kind: LeaseRecord.Kind) throws -> [LeaseRecord]
}
