package import DeployTargets
import JSON
import Posix
package import Processes

/// Sites as processes of this machine: each in a group of its own, so that it outlives the tool.
///
/// A record of each lies in the environment's folder; and each carries in its environment a mark, its deployment and
/// its port, by which one whose record was never written or cannot be understood is known.
package struct ProcessRuntime: SiteRuntime {
    private let folder: String
    private let mark: String

    /// - Parameters:
    ///   - folder: where records and logs are kept, absolute.
    ///   - root: the project's root, absolute.
    package init(folder: String, root: String, environment: String) {
        self.folder = folder
        mark = "\(root)#\(environment)"
    }

    private struct Record: Codable {
        let deployment: Int64
        let pid: Int32
        let start: UInt64
        let boot: String
        let port: Int
    }

    package func start(_ start: SiteStart, cancel: Cancellation?) throws -> SiteInstance {
        try FileSystem.createDirectories(folder)
        guard let port = LocalPorts.free(avoiding: []) else { throw SiteRuntimeError.noFreePort }
        var own = start.environment
        own["PIPELINE_SITE"] = mark
        own["PIPELINE_DEPLOYMENT"] = String(start.deployment)
        own["PORT"] = String(port)
        // Both streams append: each has an offset of its own, and would write over what the other wrote.
        let log = logPath(start.deployment)
        try FileSystem.writeAtomically([], to: log, mode: 0o600)
        let process = try ChildProcess(
            ProcessCommand(
                start.command(port), environment: SiteEnvironment.changes(own),
                directory: start.codeFolder),
            standardInput: .null,
            standardOutput: .file(log, append: true), standardError: .file(log, append: true))
        let record = Record(
            deployment: start.deployment, pid: process.pid,
            start: Host.processStart(process.pid) ?? 0, boot: Host.bootID(), port: port)
        do {
            try FileSystem.writeAtomically(
                Array("\(process.pid)\n".utf8), to: path(start.deployment, "pid"))
            try FileSystem.writeAtomically(
                try JSONValue.encode(record).bytes, to: path(start.deployment, "json"))
        } catch {
            process.terminate(grace: 1)
            throw error
        }
        return describe(record)
    }

    package func instances() throws -> [SiteInstance] {
        let records = try records()
        let known = Set(records.filter(isAlive).map(\.pid))
        // Groups that no record names were started by a run that was killed right then, or their record is damaged.
        var strays: [Int32: SiteInstance] = [:]
        for pid in Host.processes(withEnvironment: "PIPELINE_SITE=\(mark)") {
            guard let group = ProcessTable.group(pid), !known.contains(group), strays[group] == nil
            else { continue }
            let variables = ProcessTable.environment(pid)
            strays[group] = SiteInstance(
                id: String(group),
                deployment: variables["PIPELINE_DEPLOYMENT"].flatMap(Int64.init) ?? 0,
                port: variables["PORT"].flatMap { Int($0) }, end: nil)
        }
        return records.map(describe) + strays.values.sorted { $0.id < $1.id }
    }

    /// - Throws: `SiteRuntimeError.recordUnreadable`, where which sites run cannot be determined.
    private func records() throws -> [Record] {
        do throws(PosixError) {
            guard try FileSystem.status(folder) != nil else { return [] }
            var records: [Record] = []
            for entry in try FileSystem.entries(of: folder) where entry.name.hasSuffix(".json") {
                let bytes = try FileSystem.read("\(folder)/\(entry.name)")
                let found = try? JSONValue.decode(  // try?: its environment tells as much
                    Record.self, from: bytes)
                if let record = found {
                    records.append(record)
                }
            }
            return records
        } catch {
            throw SiteRuntimeError.recordUnreadable(
                path: error.path ?? folder, cause: error.description)
        }
    }

    package func refresh(_ instance: SiteInstance) throws -> SiteInstance? {
        try instances().first { $0.id == instance.id }
    }

    /// Its own are the processes of its group, and those that carry its mark.
    package func portHolder(_ instance: SiteInstance) throws -> PortHolder {
        guard let port = instance.port, let leader = Int32(instance.id) else { return .nobody }
        let sockets = Listeners.holding(port)
        if sockets.isEmpty { return .nobody }
        let deployment = String(instance.deployment)
        let marked = Host.processes(withEnvironment: "PIPELINE_SITE=\(mark)").filter {
            ProcessTable.environment($0)["PIPELINE_DEPLOYMENT"] == deployment
        }
        let own = Set(Host.processes(inGroup: leader) + marked)
        for socket in sockets {
            let holders = Listeners.processes(of: [socket])
            if !holders.contains(where: own.contains) {
                return .other(NginxServer.name(holders.first))
            }
        }
        return .instance
    }

    package func logPath(_ deployment: Int64) -> String { path(deployment, "log") }

    /// A process writes its log itself.
    package func keepLog(_ instance: SiteInstance) throws {}

    package func remove(_ instance: SiteInstance) throws {
        if let pid = Int32(instance.id) {
            // Of a group whose leader has ended, or whose number went to others, only processes of this site.
            let marked = Set(Host.processes(withEnvironment: "PIPELINE_SITE=\(mark)"))
            let group = Host.processes(inGroup: pid)
            StrayProcesses.terminate(
                group.contains(pid) && marked.contains(pid) && instance.end == nil
                    ? group : group.filter(marked.contains), grace: 8)
        }
        for kind in ["json", "pid"] {
            // Ours: records in the environment's own folder, by the number of a deployment.
            try FileSystem.remove(path(instance.deployment, kind))
        }
    }

    private func isAlive(_ record: Record) -> Bool {
        record.boot == Host.bootID() && Host.processStart(record.pid) == record.start
            && !Host.processes(inGroup: record.pid).isEmpty
    }

    private func describe(_ record: Record) -> SiteInstance {
        let isAlive = isAlive(record)
        return SiteInstance(
            id: String(record.pid), deployment: record.deployment,
            port: isAlive ? record.port : nil, end: isAlive ? nil : "the process ended")
    }

    private func path(_ deployment: Int64, _ kind: String) -> String {
        "\(folder)/site-\(deployment).\(kind)"
    }
}
