import AWS
import JSON
import Posix

extension ServiceFleet {
    /// What a service is instructed to run: the full name of a task definition.
    package typealias Definitions = [String: String]

    /// Makes all services run a version, and returns when all of their tasks do. What is done already is
    /// only looked at, and a deployment of it that goes on is resumed.
    ///
    /// - Parameters:
    ///   - version: written into each container, so that what runs can be determined later.
    ///   - digest: of the image: `sha256:…`, as the tasks must say it.
    ///   - revisions: how each service's task definition is changed, by the service's name.
    package func update(
        to version: String, digest: String, _ revisions: [String: TaskRevision]
    ) throws {
        var watch = FleetWatch(fleet: self, limit: timeout)
        let before = try looking(version) { try awaitOthers(version) }
        watch.skip(before)
        var wanted: Definitions = [:]
        for state in before {
            guard let revision = revisions[state.name] else { continue }
            wanted[state.name] = try definition(state, revision)
        }
        try run(wanted, version, &watch)
        try confirmTasks(wanted, version, digest, &watch)
    }

    /// Makes services run task definitions that they have run before.
    package func goBack(to definitions: Definitions, version: String) throws {
        var watch = FleetWatch(fleet: self, limit: timeout)
        try run(definitions, version, &watch)
    }

    /// Starts the tasks of all services again, and returns when they run.
    package func restart() throws {
        let before = try awaitSettled()
        var watch = FleetWatch(fleet: self, limit: timeout)
        watch.skip(before)
        for state in before {
            try journal.record("restart", state.name) {
                _ = try aws { () throws(AWSError) in
                    try client.run(
                        .restartService(cluster: cluster, service: state.name), cancel: cancel)
                }
            }
        }
        let definitions = before.map { ($0.name, $0.service.primaryDefinition) }
        let version = before.first?.version ?? "of before"
        try run(Dictionary(definitions) { $1 }, version, &watch)
    }

    /// Services that nobody else changes. A deployment of the same version is this one's, begun by a run
    /// that did not see its end.
    private func awaitOthers(_ version: String) throws -> [ServiceState] {
        let now = try look()
        guard now.contains(where: { $0.isBusy && $0.version != version }) else { return now }
        return try awaitSettled()
    }

    /// The task definition that a service is to run: the one that it runs, or the newest of its family, if
    /// it is that already; else a new one.
    private func definition(_ state: ServiceState, _ revision: TaskRevision) throws -> String {
        let wanted = try revision.revised(state.definition)
        if wanted == TaskRevision.plain(state.definition) { return state.service.primaryDefinition }
        if let family = wanted["family"]?.string,
            let newest = try? client.definition(family, cancel: cancel),  // try?: one more
            TaskRevision.plain(newest) == wanted, let name = newest["taskDefinitionArn"]?.string
        {
            return name
        }
        return try journal.record("register-task-definition", state.name) {
            try register(wanted, service: state.name)
        }
    }

    /// A definition more does no harm: nothing runs from it. So a lost answer is followed by another try.
    private func register(_ definition: JSONValue, service: String) throws -> String {
        let path = "\(folder)/task-definition-\(service).json"
        try FileSystem.createDirectories(folder)
        // It holds the variables of the containers, which may be secret.
        try FileSystem.writeAtomically(definition.bytes, to: path, mode: 0o600)
        defer { try? FileSystem.remove(path) }  // try?: ours, made above, and private
        let call = AWSCall.registerTaskDefinition(file: path)
        for isLast in [false, true] {
            if isLast { try journal.confirm() }
            do throws(AWSError) {
                let output = try client.run(call, cancel: cancel)
                if let found = try? JSONValue(parsing: output),  // try?: no name is an error
                    let name = found["taskDefinition"]?["taskDefinitionArn"]?.string
                {
                    return name
                }
                throw AWSError.unreadable(call: call.name, detail: "it names no task definition")
            } catch {
                if case .answerLost = error, !isLast { continue }
                throw ServiceError.aws(error)
            }
        }
        throw ServiceError.aws(.interrupted)
    }

    /// Tells the services that do not yet have it, and follows all of them to their end.
    private func run(
        _ wanted: Definitions, _ version: String, _ watch: inout FleetWatch
    ) throws {
        for state in try looking(version, look) {
            let hasFailed = state.service.primary?.rolloutState == "FAILED"
            guard let definition = wanted[state.name],
                definition != state.service.primaryDefinition || hasFailed
            else { continue }
            try journal.record("update-service", state.name, detail: definition) {
                _ = try aws { () throws(AWSError) in
                    try client.run(
                        .updateService(
                            cluster: cluster, service: state.name, taskDefinition: definition,
                            again: hasFailed), cancel: cancel)
                }
            }
        }
        while true {
            let now = try looking(version, look)
            watch.tell(now)
            for state in now {
                guard let definition = wanted[state.name] else { continue }
                let primary = state.service.primary
                guard primary?.taskDefinition == definition, primary?.rolloutState != "FAILED"
                else {
                    throw ServiceError.wentBack(
                        service: state.name, version: version,
                        reasons: reasons(state, definition, watch.lastEvent))
                }
            }
            if now.allSatisfy({ wanted[$0.name] == nil || $0.isSteady }) { return }
            if watch.isOver {
                throw ServiceError.inProgress(version: version, seconds: Int(watch.seconds))
            }
            try looking(version) { try watch.pause() }
        }
    }

    /// Why tasks of a definition ended, as far as ECS says; else what the service said last.
    private func reasons(
        _ state: ServiceState, _ definition: String, _ lastEvent: String?
    ) -> [String] {
        let ended = try? client.tasks(  // try?: the failure is named already
            cluster: cluster, service: state.name, areStopped: true, cancel: cancel)
        let texts = (ended ?? []).filter { $0.taskDefinitionArn == definition }
            .compactMap(\.stoppedReason)
        let all = Set(texts).sorted().prefix(3)
        return all.isEmpty ? [lastEvent].compactMap { $0 } : Array(all)
    }

    /// What the services say is not enough: each task names the revision that it runs.
    private func confirmTasks(
        _ wanted: Definitions, _ version: String, _ digest: String, _ watch: inout FleetWatch
    ) throws {
        let deadline = watch.seconds + settling
        while true {
            let strays = try looking(version) { try self.strays(wanted, digest) }
            if strays.isEmpty { return }
            if watch.seconds > deadline {
                throw ServiceError.tasksDiffer(version: version, strays)
            }
            try looking(version) { try watch.pause() }
        }
    }

    /// Tasks that run something else, each with what that is.
    private func strays(_ wanted: Definitions, _ digest: String) throws -> [String] {
        let asked = services.map { [client, cluster, cancel] service in
            Prefetch { try client.tasks(cluster: cluster, service: service.name, cancel: cancel) }
        }
        var strays: [String] = []
        for (service, tasks) in zip(services, asked) {
            guard let definition = wanted[service.name] else { continue }
            for task in try answer(tasks) {
                let name = task.taskArn.split(separator: "/").last.map(String.init) ?? task.taskArn
                let image = task.containers?.first { $0.name == service.container }?.imageDigest
                if task.taskDefinitionArn != definition {
                    strays.append(
                        "\(service.name), task \(name): runs \(task.taskDefinitionArn ?? "nothing")"
                    )
                } else if let image, image != digest {
                    strays.append("\(service.name), task \(name): runs image \(image)")
                } else if task.lastStatus != "RUNNING" {
                    strays.append(
                        "\(service.name), task \(name): \(task.lastStatus ?? "of no known state")")
                }
            }
        }
        return strays
    }

    private func answer<Answer>(_ asked: Prefetch<Answer>) throws -> Answer {
        do { return try asked.get() } catch let error as AWSError { throw ServiceError.aws(error) }
    }

    /// An interruption while an update goes on breaks nothing off, and reports it.
    private func looking<Result>(_ version: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch ServiceError.aws(.interrupted) {
            throw ServiceError.interrupted(version: version)
        }
    }
}
