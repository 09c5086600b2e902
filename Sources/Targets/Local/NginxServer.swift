import Glibc
import Posix
import Processes
import Texts

/// nginx of this tool's on a port of 127.0.0.1, whose files lie in a folder: `nginx.conf`, `error.log` and what it buffers.
///
/// Its processes are found by what they have open, since a pid file may be stale, lost or unreadable.
package struct NginxServer {
    /// Absolute and without links: nginx resolves relative paths against its own prefix.
    package let folder: String
    package let port: Int

    package init(folder: String, port: Int) {
        self.folder = folder
        self.port = port
    }

    /// What stands at the port now.
    package func state() -> FrontState {
        let ours = FrontProcesses.find(folder)
        if ours.master != nil { return .running }
        let sockets = Listeners.holding(port)
        if sockets.isEmpty { return .absent }
        let holders = Listeners.processes(of: sockets)
        if holders.contains(where: (ours.serving + ours.draining).contains) { return .orphaned }
        return .foreign(Self.name(holders.first))
    }

    /// - Throws: `SiteRuntimeError.portHeld` where somebody else listens at the port.
    package func refuseForeign() throws {
        let sockets = Listeners.holding(port)
        guard !sockets.isEmpty else { return }
        let ours = FrontProcesses.find(folder)
        let known = Set(ours.serving + ours.draining + (ours.master.map { [$0] } ?? []))
        let holders = Listeners.processes(of: sockets)
        guard !holders.contains(where: known.contains) else { return }
        throw SiteRuntimeError.portHeld(port, by: Self.name(holders.first))
    }

    static func name(_ pid: Int32?) -> String {
        guard let pid else { return "a process of another user" }
        let title = ProcessTable.title(pid).split(separator: " ").prefix(4).joined(separator: " ")
        return "\(title.isEmpty ? "a process" : title) (process \(pid))"
    }

    /// Has `nginx.conf` take effect: starts nginx if it does not run, reloads it, or takes it over where its master has
    /// died. Returns once no request is answered as of old.
    package func apply() throws {
        try FileSystem.createDirectories("\(folder)/tmp")
        let before = FrontProcesses.find(folder)
        if let master = before.master {
            // The signal goes to the process itself: the pid file may name another, or be lost.
            try nginx(["-t", "-q"])
            FrontProcesses.signal(master, SIGHUP)
            return try waitForRetreat(of: before.serving)
        }
        if !before.serving.isEmpty {
            for worker in before.serving { FrontProcesses.signal(worker, SIGQUIT) }
            try waitForRetreat(of: before.serving)
        }
        try nginx([])
    }

    /// Waits until these workers take no more connections: a request that comes before that would still be answered
    /// as of old. They say so in their titles, or are gone.
    private func waitForRetreat(of workers: [Int32]) throws {
        let end = MonotonicClock.nanoseconds() + 10_000_000_000
        while workers.contains(where: takesConnections) {
            guard MonotonicClock.nanoseconds() < end else {
                throw SiteRuntimeError.front(
                    "its old workers go on; \(folder)/error.log ends with: \(errorLogEnd())")
            }
            // No descriptor tells of a title that changes.
            _ = try Poll.wait([], timeoutMs: 5)
        }
    }

    private func takesConnections(_ worker: Int32) -> Bool {
        let title = ProcessTable.title(worker)
        return title.contains("worker process") && !title.contains("shutting down")
    }

    private func errorLogEnd() -> String {
        do {
            let tail = try FileSystem.readTail("\(folder)/error.log", limit: 4096)
            let lines = String(decoding: tail, as: UTF8.self).split(separator: "\n").suffix(2)
            return lines.isEmpty ? "nothing" : lines.joined(separator: "; ")
        } catch { return "\(error)" }
    }

    /// A path as one word of nginx's language, whatever characters it has.
    package static func quoted(_ path: String) -> String {
        var text = ""
        for character in path {
            if "\"\\".contains(character) { text.append("\\") }
            text.append(character)
        }
        return "\"\(text)\""
    }

    /// What every configuration begins with: one worker, and all files in the folder.
    package func head(isRoot: Bool = Host.userName == "root") -> String {
        """
        \(isRoot ? "user root;" : "")
        daemon on;
        pid \(Self.quoted("\(folder)/front.pid"));
        error_log \(Self.quoted("\(folder)/error.log")) warn;
        worker_processes 1;
        """
    }

    /// What every `http` begins with: nothing is logged, and what is buffered lies in the folder.
    package var paths: String {
        """
          access_log off;
          client_body_temp_path \(Self.quoted("\(folder)/tmp/body"));
          proxy_temp_path \(Self.quoted("\(folder)/tmp/proxy"));
          fastcgi_temp_path \(Self.quoted("\(folder)/tmp/fastcgi"));
          uwsgi_temp_path \(Self.quoted("\(folder)/tmp/uwsgi"));
          scgi_temp_path \(Self.quoted("\(folder)/tmp/scgi"));
        """
    }

    private func nginx(_ arguments: [String]) throws {
        let output = try ProcessRunner.run(
            ProcessCommand([try program(), "-p", folder, "-c", "nginx.conf"] + arguments),
            timeout: 30)
        guard output.exit.isSuccess else {
            let lines = output.standardErrorText.split(separator: "\n").suffix(3)
            throw SiteRuntimeError.front(lines.joined(separator: "; "))
        }
    }

    private func program() throws(SiteRuntimeError) -> String {
        guard let program = Self.program else { throw .noFrontProgram }
        return program
    }

    /// Its path; nil where this machine has none.
    package static var program: String? {
        let folders = (Environment.value("PATH") ?? "").split(separator: ":").map(String.init)
        // Debian keeps servers where a user's PATH does not look; scripts/demo may unpack one.
        for folder in folders + ["/usr/sbin", ".pipeline/tools/usr/sbin"] {
            let program = try? FileSystem.status("\(folder)/nginx")  // try?: none for us in there
            if program ?? nil != nil {
                return "\(folder)/nginx"
            }
        }
        return nil
    }
}
