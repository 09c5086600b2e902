import Posix
import Processes

/// nginx on the public port: it hands requests to the instance that is live.
///
/// Switching is a change of one file and a reload, which finishes the requests that are under way
/// (https://nginx.org/en/docs/control.html). On Elastic Beanstalk nginx stands in front of the
/// container in the same way.
package struct Front {
    private let folder: String
    private let port: Int
    /// A folder of `*.conf` that the site brings along for nginx, as Beanstalk reads it.
    private let extensions: String?

    /// All paths absolute: nginx resolves relative ones against its own prefix.
    package init(folder: String, port: Int, extensions: String?) {
        self.folder = folder
        self.port = port
        self.extensions = extensions
    }

    package var address: String { "http://127.0.0.1:\(port)/" }

    /// The port of the instance that requests go to; nil before the first switch.
    package func target() -> Int? {
        guard let text = try? FileSystem.readText("\(folder)/upstream.conf"),
            let colon = text.lastIndex(of: ":")
        else { return nil }
        return Int(text[text.index(after: colon)...].prefix { $0.isNumber })
    }

    /// Sends requests to the instance at `target` from now on, starting nginx if it does not run.
    package func point(to target: Int) throws {
        try FileSystem.createDirectories("\(folder)/tmp")
        try FileSystem.writeAtomically(Array(configuration.utf8), to: "\(folder)/nginx.conf")
        try FileSystem.writeAtomically(
            Array("upstream site { server 127.0.0.1:\(target); keepalive 8; }\n".utf8),
            to: "\(folder)/upstream.conf")
        guard let master = runningMaster() else { return try nginx([]) }
        let workers = Host.processes(inGroup: master).filter { $0 != master }
        try nginx(["-s", "reload"])
        try waitForRetreat(of: workers)
    }

    /// Waits until the workers of the old configuration take no more connections. They say so in
    /// their titles, or are gone; a request that comes before that would still be answered as of old.
    private func waitForRetreat(of workers: [Int32]) throws {
        let end = MonotonicClock.nanoseconds() + 10_000_000_000
        while workers.contains(where: takesConnections) {
            guard MonotonicClock.nanoseconds() < end else {
                throw SiteRuntimeError.front("its old workers do not end; see \(folder)/error.log")
            }
            // No descriptor tells of a title that changes.
            _ = try Poll.wait([], timeoutMs: 5)
        }
    }

    private func takesConnections(_ worker: Int32) -> Bool {
        let title = (try? FileSystem.readText("/proc/\(worker)/cmdline")) ?? ""
        return title.contains("worker process") && !title.contains("shutting down")
    }

    /// Starts nginx if it does not run and has been pointed somewhere before.
    package func ensureRunning() throws {
        guard runningMaster() == nil, let target = target() else { return }
        try point(to: target)
    }

    /// The nginx of this folder, if it runs: its process, not another that was given its number.
    private func runningMaster() -> Int32? {
        guard let text = try? FileSystem.readText("\(folder)/front.pid"),
            let pid = Int32(text.prefix { $0.isNumber }),
            let command = try? FileSystem.readText("/proc/\(pid)/cmdline"),
            command.contains("nginx"), command.contains(folder)
        else { return nil }
        return pid
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
        let folders = (Environment.value("PATH") ?? "").split(separator: ":").map(String.init)
        // Debian keeps servers where a user's PATH does not look; scripts/demo may unpack one.
        for folder in folders + ["/usr/sbin", ".pipeline/tools/usr/sbin"] {
            if (try? FileSystem.status("\(folder)/nginx")) ?? nil != nil {
                return "\(folder)/nginx"
            }
        }
        throw .noFrontProgram
    }

    private var configuration: String {
        return """
            \(Host.userName == "root" ? "user root;" : "")
            daemon on;
            pid \(folder)/front.pid;
            error_log \(folder)/error.log warn;
            worker_processes 1;
            events { worker_connections 512; }
            http {
              access_log off;
              default_type application/octet-stream;
              client_body_temp_path \(folder)/tmp/body;
              proxy_temp_path \(folder)/tmp/proxy;
              fastcgi_temp_path \(folder)/tmp/fastcgi;
              uwsgi_temp_path \(folder)/tmp/uwsgi;
              scgi_temp_path \(folder)/tmp/scgi;
              include \(folder)/upstream.conf;
              \(extensions.map { "include \($0)/*.conf;" } ?? "")
              server {
                listen 127.0.0.1:\(port);
                location / {
                  proxy_pass http://site;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $http_host;
                  proxy_set_header X-Real-IP $remote_addr;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_read_timeout 120s;
                }
              }
            }

            """
    }
}
