import Glibc
import Posix
package import Processes

/// nginx on the public port: it hands requests to the instance that is live.
///
/// Switching is a change of one file and a reload, which finishes the requests that are under way
/// (https://nginx.org/en/docs/control.html). On Elastic Beanstalk nginx stands in front of the
/// container in the same way.
package struct Front {
    private let folder: String
    private let port: Int
    private let extensions: String?
    package let settings: FrontSettings

    /// All paths absolute and without links: nginx resolves relative ones against its own prefix.
    ///
    /// - Parameter extensions: a folder of `*.conf` that the site brings along for nginx, as Beanstalk reads it.
    package init(
        folder: String, port: Int, extensions: String?, settings: FrontSettings = FrontSettings()
    ) {
        self.folder = folder
        self.port = port
        self.extensions = extensions
        self.settings = settings
    }

    package var address: String { "http://127.0.0.1:\(port)/" }

    /// What stands at the port now.
    package func state() -> FrontState { server.state() }

    /// - Throws: `SiteRuntimeError.portHeld` where somebody else listens at the port.
    package func refuseForeign() throws { try server.refuseForeign() }

    private var server: NginxServer { NginxServer(folder: folder, port: port) }

    private var upstream: String { "\(folder)/upstream.conf" }

    /// The port of the instance that requests go to; nil before the first switch.
    ///
    /// - Throws: `SiteRuntimeError.frontUnreadable` where that cannot be determined.
    package func target() throws -> Int? {
        let text: String
        do throws(PosixError) {
            guard let status = try FileSystem.status(upstream) else { return nil }
            guard status.kind == .file else {
                throw PosixError(call: "read", path: upstream, code: EINVAL)
            }
            text = try FileSystem.readText(upstream, limit: 4096)
        } catch {
            let isForm = [EILSEQ, EFBIG, EINVAL].contains(error.code)
            throw SiteRuntimeError.frontUnreadable(
                path: upstream, cause: error.description, isForm: isForm)
        }
        guard let target = FrontConfiguration.target(in: text) else {
            throw SiteRuntimeError.frontUnreadable(
                path: upstream, cause: "it names no port", isForm: true)
        }
        return target
    }

    /// Sends requests to the instance at `target` from now on. nginx is started if it does not run, and taken over
    /// where its master has died.
    package func point(to target: Int) throws {
        try refuseForeign()
        try FileSystem.createDirectories("\(folder)/tmp")
        try FileSystem.writeAtomically(
            Array(try configuration().text.utf8), to: "\(folder)/nginx.conf")
        try FileSystem.writeAtomically(
            Array(FrontConfiguration.upstream(target).utf8), to: upstream)
        try server.apply()
    }

    /// Takes the front away: as before the first switch.
    package func remove() throws {
        let found = FrontProcesses.find(folder)
        let processes = (found.master.map { [$0] } ?? []) + found.serving + found.draining
        StrayProcesses.terminate(processes, grace: 5)
        // Ours: a file of the front's own folder, which `point` wrote.
        if try FileSystem.status(upstream) != nil { try FileSystem.remove(upstream) }
    }

    /// Waits until the requests that were under way at the last switch have ended, at most as long as the settings say:
    /// nginx itself cuts them then.
    ///
    /// - Parameter note: told once, where there is something to wait for.
    /// - Returns: whether they have ended; false where the wait was cancelled.
    package func drain(cancel: Cancellation?, note: (String) -> Void) throws -> Bool {
        let end = MonotonicClock.nanoseconds() + Int64((settings.drain + 5) * 1e9)
        // A worker without requests is gone in a moment, and nothing is worth a word.
        let quiet = MonotonicClock.nanoseconds() + 500_000_000
        var isTold = false
        while !FrontProcesses.find(folder).draining.isEmpty {
            let now = MonotonicClock.nanoseconds()
            if now > end { return true }
            if cancel?.isCancelled == true { return false }
            if now > quiet, !isTold {
                isTold = true
                note(
                    "requests to the site before are under way; it is stopped once they have ended, at the latest "
                        + "in \(Int(settings.drain)) s (site.front.drain)")
            }
            _ = try Poll.wait([(cancel?.descriptor ?? -1, .readable)], timeoutMs: 50)
        }
        return true
    }

    private func configuration() throws -> FrontConfiguration {
        FrontConfiguration(
            folder: folder, port: port, extensions: extensions, settings: settings,
            extensionsText: try extensionsText(), isRoot: Host.userName == "root")
    }

    private func extensionsText() throws -> String {
        guard let extensions else { return "" }
        return try FileSystem.entries(of: extensions)
            .filter { $0.name.hasSuffix(".conf") }
            .map {
                String(decoding: try FileSystem.read("\(extensions)/\($0.name)"), as: UTF8.self)
            }
            .joined(separator: "\n")
    }
}
