package import AWS
package import Failures
package import PipelineModel
package import Processes

/// The service of one environment, as it is: looked at, and not changed. What changes it is a `ServiceHost`.
///
/// What is asked for more than once in a command is asked of AWS once, until `forget`.
package protocol ServiceTarget: AnyObject {
    /// Starts the questions whose answers the next step will want.
    func prefetch()

    /// Something was changed: what is asked next is asked again.
    func forget()

    /// Where the site answers; nil where nobody can ask it, or it is not there.
    func address() throws -> String?

    /// The parts that run versions, each by its name with the version; none where the service is not there.
    func versions() throws -> [(part: String, version: String?)]

    /// How the service differs from running this version everywhere; nil for not at all.
    func difference(from version: String?) throws -> String?

    /// Why the data of a version must stay: a part that runs one for which `isMeant` is true; nil for none.
    func use(where isMeant: (String) -> Bool) throws -> String?

    /// Why nobody can tell which version all machines run, asked now; nil where AWS reports it.
    func uncertainty() throws -> String?

    /// The ends of what the site printed, asked now.
    ///
    /// - Parameter seconds: until machines must have sent their logs; nil for as long as that may take.
    func siteLogs(within seconds: Double?, cancel: Cancellation?) throws -> [ServiceLog]

    /// The ends of all logs of the machines, asked now; nil where the service has no machines to ask.
    func machineLogs(cancel: Cancellation?) throws -> [ServiceLog]?

    /// What happened, oldest first; nil where the service keeps no such list.
    func events(since: String?) throws -> [ServiceEvent]?

    /// A person's session where the site runs; nil where there can be none.
    ///
    /// - Parameter part: one of `versions`, by its name; nil for the first.
    func shell(in part: String?) throws -> ServiceShell?

    /// What `doctor` asks of the service, side by side, beside what it asks of every environment at AWS.
    ///
    /// - Parameter accessPoints: answers with those of the data's file system.
    func checks(accessPoints: @escaping () throws -> [EFSAccessPoint]) -> [ServiceCheck]

    /// What is to be said of the files that the environment names for the service. Asks nothing of AWS.
    func fileDiagnoses() -> [Diagnosis]

    /// What changes the service, as part of a run.
    func host(_ run: ServiceRun) -> any ServiceHost
}

extension ServiceTarget {
    package func fileDiagnoses() -> [Diagnosis] { [] }
    package func uncertainty() throws -> String? { nil }
    package func machineLogs(cancel: Cancellation?) throws -> [ServiceLog]? { nil }
    package func events(since: String?) throws -> [ServiceEvent]? { nil }
    package func shell(in part: String?) throws -> ServiceShell? { nil }
}

/// One part of what `doctor` asks.
package struct ServiceCheck {
    /// For what could not be asked.
    package let subject: String
    package let diagnoses: () throws -> [Diagnosis]

    package init(_ subject: String, _ diagnoses: @escaping () throws -> [Diagnosis]) {
        self.subject = subject
        self.diagnoses = diagnoses
    }
}

/// What a machine or a container printed, or why that is not known.
package struct ServiceLog: Hashable, Sendable {
    /// An instance; a service and its log stream.
    package let source: String
    package let text: String

    package init(source: String, text: String) {
        self.source = source
        self.text = text
    }
}

package struct ServiceEvent: Hashable, Sendable {
    package let date: String
    package let severity: String
    package let text: String

    package init(date: String, severity: String, text: String) {
        self.date = date
        self.severity = severity
        self.text = text
    }
}

/// A session that can be begun.
package struct ServiceShell {
    package let command: ProcessCommand
    /// For people: what they will find.
    package let notes: [String]

    package init(command: ProcessCommand, notes: [String]) {
        self.command = command
        self.notes = notes
    }
}

extension Failure {
    package static func noAddress(environment: String) -> Failure {
        Failure(
            "no-address", "nobody knows an address of environment \"\(environment)\"",
            next: "set \"url\" in its file")
    }

    /// A version that another clone made cannot be brought back.
    package static func versionGone(_ label: String, _ reason: String) -> Failure {
        Failure(
            "version-gone",
            "version \(label) cannot be brought back from here; nothing was changed",
            cause: reason,
            next:
                "name a release of this clone's (pipeline rollback --to NUMBER); they are listed by",
            run: "pipeline releases")
    }
}
