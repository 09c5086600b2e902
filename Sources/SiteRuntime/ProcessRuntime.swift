import FoundationEssentials
import Posix
package import Processes

/// Sites as processes of this machine: each in a group of its own, so that it outlives the tool.
///
/// A record of each lies in the environment's folder; and each carries a mark in its environment, by
/// which one whose record was never written is found.
package struct ProcessRuntime: SiteRuntime {
    private let folder: String
    private let mark: String

    /// - Parameters:
    ///   - folder: where records and logs are kept.
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
        var environment: [String: String?] = start.environment.mapValues { $0 }
        environment["PIPELINE_SITE"] = mark
        environment["PORT"] = String(port)
        let process = try ChildProcess(
            ProcessCommand(
                start.command(port), environment: environment, directory: start.codeFolder),
            standardInput: .null,
            standardOutput: .file(log(start.deployment), append: false),
            standardError: .file(log(start.deployment), append: true))
        let record = Record(
            deployment: start.deployment, pid: process.pid,
            start: Host.processStart(process.pid) ?? 0, boot: Host.bootID(), port: port)
        try FileSystem.writeAtomically(
            Array("\(process.pid)\n".utf8), to: path(start.deployment, "pid"))
        try FileSystem.writeAtomically(
            [UInt8](try JSONEncoder().encode(record)), to: path(start.deployment, "json"))
        return describe(record)
    }

    package func instances() throws -> [SiteInstance] {
        guard try FileSystem.status(folder) != nil else { return [] }
        let records = try FileSystem.entries(of: folder).compactMap { entry -> Record? in
            guard entry.name.hasSuffix(".json") else { return nil }
            let bytes = try FileSystem.read("\(folder)/\(entry.name)")
            return try? JSONDecoder().decode(Record.self, from: Data(bytes))
        }
        let groups = Set(records.map(\.pid))
        // Groups that no record names were started by a run that was killed right then.
        let strays = Host.processes(withEnvironment: "PIPELINE_SITE=\(mark)")
            .filter { pid in !groups.contains(where: { Host.processes(inGroup: $0).contains(pid) })
            }
        return records.map(describe)
            + strays.map { SiteInstance(id: String($0), deployment: 0, port: nil, end: nil) }
    }

    package func refresh(_ instance: SiteInstance) throws -> SiteInstance? {
        try instances().first { $0.id == instance.id }
    }

    package func logTail(_ instance: SiteInstance, lines: Int) throws -> [String] {
        let path = log(instance.deployment)
        guard try FileSystem.status(path) != nil else { return [] }
        let text = String(decoding: try FileSystem.readTail(path, limit: 1 << 16), as: UTF8.self)
        return text.split(separator: "\n").suffix(lines).map(String.init)
    }

    package func remove(_ instance: SiteInstance) throws {
        if instance.end == nil, let pid = Int32(instance.id) {
            let group = Host.processes(inGroup: pid)
            StrayProcesses.terminate(group.isEmpty ? [pid] : group, grace: 8)
        }
        for kind in ["json", "pid"] {
            try FileSystem.remove(path(instance.deployment, kind))
        }
    }

    private func describe(_ record: Record) -> SiteInstance {
        let isAlive =
            record.boot == Host.bootID() && Host.processStart(record.pid) == record.start
            && !Host.processes(inGroup: record.pid).isEmpty
        return SiteInstance(
            id: String(record.pid), deployment: record.deployment,
            port: isAlive ? record.port : nil, end: isAlive ? nil : "the process ended")
    }

    private func path(_ deployment: Int64, _ kind: String) -> String {
        "\(folder)/site-\(deployment).\(kind)"
    }

    private func log(_ deployment: Int64) -> String { path(deployment, "log") }
}
