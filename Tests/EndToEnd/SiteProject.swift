import FoundationEssentials
import Glibc
import Posix
import Processes
import Testing

/// A scratch project with a site so small that its image builds in a second: the page shows a line of
/// the code and a line of the data.
final class SiteProject {
    let root: String
    let port: Int
    let environment: String

    /// - Parameters:
    ///   - environment: `local` or `preview`.
    ///   - suffix: of the folder's name.
    init(_ environment: String, suffix: String = "") throws {
        self.environment = environment
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-e2e-\(UUID().uuidString)\(suffix)"
        port = try Self.freePort()
        try write("pipeline/pipeline.yaml", Self.definition)
        try write("pipeline/environments/local.yaml", environmentText(kind: "local", extra: ""))
        try write(
            "pipeline/environments/preview.yaml",
            environmentText(kind: "preview", extra: "  command: python3 app.py\n"))
        try write("site/Dockerfile", Self.dockerfile)
        try write("raw.txt", "first data\n")
        try writeApp(code: "first code")
    }

    deinit {
        // What was started must not outlive the test: sites, the front, containers, images.
        _ = try? shell(
            "docker ps -aq --filter 'label=pipeline.project=\(root)' | xargs -r docker rm -f")
        for pid in Host.processes(withEnvironment: "PIPELINE_SITE=\(root)#preview") {
            kill(pid, SIGKILL)
        }
        _ = try? shell("pkill -f '\(root)/.pipeline/environments'")
        try? FileSystem.removeTree(root)
    }

    static let definition = """
        project: tiny
        stages:
          compile:
            kind: compile
            units:
              shout:
                command: sh -c "tr a-z A-Z < {input} > {output}"
                inputs: raw.txt
                outputs: data/compiled/line.txt
              constant:
                command: sh -c "echo constant > {output}"
                outputs: data/compiled/constant.txt
          image:
            kind: image
            context: site
            pass_build_arguments: { BASE: PIPELINE_BASE_IMAGE }
          push: { kind: push, needs: image }
          sync: { kind: sync, needs: compile, data: data/compiled }
          deploy: { kind: deploy, needs: [push, sync] }

        """

    static let dockerfile = """
        ARG BASE=python:3.11-slim-bookworm
        FROM ${BASE}
        COPY app.py /app/app.py
        WORKDIR /app
        CMD ["python3", "app.py"]

        """

    func environmentText(kind: String, extra: String, repository: String? = nil) -> String {
        let registry = Environment.value("PIPELINE_TEST_REGISTRY") ?? "127.0.0.1:5000"
        return """
            kind: \(kind)
            repository: \(repository ?? registry + "/tiny-e2e")
            data: { root: .pipeline/environments/\(kind)/efs, slots: 3 }
            site:
              port: \(port)
            \(extra)  health: { path: /health, successes: 2, steady_for: 3s, within: 20s }
              smoke: [{ path: /, contains: code }]

            """
    }

    /// - Parameter behaviour: Python that runs when the site starts.
    func writeApp(code: String, behaviour: String = "") throws {
        try write(
            "site/app.py",
            """
            import http.server, json, os, signal, sys, threading
            signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
            CODE = "\(code)"
            PROBLEMS = []
            \(behaviour)
            class Handler(http.server.BaseHTTPRequestHandler):
                def log_message(self, *_): pass
                def do_GET(self):
                    line = open(os.environ["SITE_DATA"] + "/compiled/line.txt").read().strip()
                    if self.path == "/health":
                        body = json.dumps({"release": os.environ["PIPELINE_RELEASE"],
                                           "manifest": os.environ["PIPELINE_MANIFEST"],
                                           "problems": PROBLEMS})
                    else:
                        body = f"code: {CODE}; data: {line}"
                    body = body.encode()
                    self.send_response(503 if PROBLEMS and self.path == "/health" else 200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()

            """)
    }

    func write(_ path: String, _ text: String) throws {
        let full = "\(root)/\(path)"
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(text.utf8, to: full)
    }

    /// What the site shows at its public address.
    func page() throws -> String {
        try shell("curl -s -m 10 http://127.0.0.1:\(port)/").standardOutputText
    }

    /// Runs the built tool in the project.
    @discardableResult
    func pipeline(_ arguments: String...) throws -> ProcessOutput {
        try ProcessRunner.run(command(arguments), timeout: 240)
    }

    func command(_ arguments: [String]) -> ProcessCommand {
        ProcessCommand([Self.tool] + arguments, directory: root)
    }

    /// How many attempts the ledger holds for units of these stages.
    func attempts(_ stages: String) throws -> String {
        try shell(
            "sqlite3 .pipeline/ledger.sqlite \"select count(*) from attempts a join units u "
                + "on u.id = a.unit_id where u.stage in (\(stages))\""
        ).standardOutputText
    }

    func shell(_ line: String) throws -> ProcessOutput {
        try ProcessRunner.run(ProcessCommand(["sh", "-c", line], directory: root), timeout: 60)
    }

    /// The executable lies beside the test bundle.
    static let tool: String = {
        let test =
            CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return String(test[..<(test.lastIndex(of: "/") ?? test.startIndex)]) + "/pipeline"
    }()

    static func freePort() throws -> Int {
        let output = try ProcessRunner.run(
            ProcessCommand([
                "python3", "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ]), timeout: 20)
        return try #require(Int(output.standardOutputText.prefix { $0.isNumber }))
    }
}

/// Whether this machine can run containers; `scripts/test` sets it.
let hasEngine = Environment.value("PIPELINE_TEST_ENGINE") == "1"
