import AWS
import DeployTargets
package import PipelineEngine
package import PipelineModel
package import Processes
import Slots
import TransportProviders

/// A person's session where the data is mounted: on the management instance, or in a task of a service.
///
/// Making it ready and clearing up are runs, on record; the session itself is not, so that data can be sent
/// meanwhile.
package struct ManagementShell {
    private let project: Project
    private let environment: EnvironmentDefinition

    package init(_ project: Project, _ environment: EnvironmentDefinition) {
        self.project = project
        self.environment = environment
    }

    /// A session that can be begun.
    package struct Ready {
        package let command: ProcessCommand
        /// For people: what they will find.
        package let notes: [String]
        /// Held for as long as the session lasts; nil where nothing has to be stopped at its end.
        package let lock: ShellLock?
    }

    /// Starts the instance where it is off, and has the file system mounted there.
    ///
    /// - Parameter service: of an environment whose site has several; nil for the first.
    package func prepare(_ session: RunSession, service: String?) throws -> Ready {
        let context = try RunContext(project, environment, session)
        guard let cloud = context.cloud else {
            throw CloudError.noShell(environment: environment.name)
        }
        try Self.confirmPlugin()
        _ = try cloud.identity()
        if let shell = environment.data.provider.temporary?.shell {
            return try instance(shell, context, cloud)
        }
        guard let ready = try cloud.service?.shell(in: service) else {
            throw CloudError.noShell(environment: environment.name)
        }
        return Ready(command: ready.command, notes: ready.notes, lock: nil)
    }

    private func instance(
        _ shell: (AccessRequest) throws -> TemporaryAccess.Shell, _ context: RunContext,
        _ cloud: Cloud
    ) throws -> Ready {
        let (request, session) = (context.accessRequest(cloud), context.session)
        var lock: ShellLock? = try ShellLocks(context.environmentFolder).take()
        let entries: [FolderEntry]
        do {
            try context.openRoute()
            // Where there is no such folder yet, it is made by the first sync.
            entries = try context.places.rootTransport.entries(of: nil) ?? []
            // The lock keeps the instance running.
            try cloud.closeRoute()
        } catch {
            lock = nil
            do { try environment.data.provider.temporary?.sweep(request) } catch let left {
                session.emit(.note("\(left)"))
            }
            throw error
        }
        let ready = try shell(request)
        let found =
            entries.isEmpty
            ? "it is empty" : "it holds " + entries.map(\.name).sorted().joined(separator: ", ")
        return Ready(
            command: ready.command,
            notes: ["the data is mounted at \(ready.folder); \(found)", "`exit` ends the session"],
            lock: lock)
    }

    /// Stops the instance, if this tool has started it and nobody has a shell on it any more.
    package func finish(_ session: RunSession) throws {
        let context = try RunContext(project, environment, session)
        guard let access = environment.data.provider.temporary, access.shell != nil,
            let cloud = context.cloud
        else { return }
        try access.sweep(context.accessRequest(cloud))
    }

    /// The AWS command line tool starts a program of its own for sessions.
    private static func confirmPlugin() throws {
        do {
            _ = try ProcessRunner.run(
                ProcessCommand(["session-manager-plugin", "--version"]), timeout: 30)
        } catch ProcessError.executableNotFound { throw CloudError.noPlugin }
    }
}
