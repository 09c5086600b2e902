import FoundationEssentials
import Glibc
import Posix
import Processes
import Testing

/// A project whose site is an app of a framework, as its own guide writes it: nothing in it knows this tool.
final class FrameworkProject {
    enum Framework: String, CaseIterable, Sendable {
        case streamlit, datasette
    }

    static let python = Environment.value("PIPELINE_TEST_FRAMEWORKS_PYTHON")
    static let image = Environment.value("PIPELINE_TEST_FRAMEWORKS_IMAGE")

    /// What this machine can start: scripts/test sets it up.
    static let kinds = (python == nil ? [] : ["preview"]) + (image == nil ? [] : ["local"])

    let root: String
    let port: Int
    let framework: Framework
    let kind: String

    init(_ framework: Framework, _ kind: String) throws {
        self.framework = framework
        self.kind = kind
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-framework-\(UUID().uuidString)"
        port = try SiteProject.freePort()
        try write("pipeline/pipeline.yaml", definition)
        try write("raw.txt", "first data\n")
        try write(
            "make_table.py",
            """
            import sqlite3, sys

            base = sqlite3.connect(sys.argv[2])
            base.execute("create table line (text)")
            base.execute("insert into line values (?)", [open(sys.argv[1]).read()])
            base.commit()

            """)
        try write("site/Dockerfile", "ARG BASE\nFROM ${BASE}\nCOPY . /app\nWORKDIR /app\n")
        try writeApp(code: "first code")
        try writeEnvironment()
    }

    deinit {
        _ = try? shell(
            "docker ps -aq --filter label=pipeline.project=\(root) | xargs -r docker rm -f")
        for pid in Host.processes(withEnvironment: "PIPELINE_SITE=\(root)#preview") {
            kill(pid, SIGKILL)
        }
        _ = try? shell("pkill -f '\(root)/.pipeline/environments'")
        try? FileSystem.removeTree(root)
    }

    private var definition: String {
        let make =
            framework == .streamlit
            ? "cp {input} {output}" : "python3 make_table.py {input} {output}"
        let name = framework == .streamlit ? "line.txt" : "site.db"
        return """
            project: framework
            stages:
              compile:
                kind: compile
                units:
                  line: { command: '\(make)', inputs: raw.txt, outputs: data/\(name) }
              image:
                kind: image
                context: site
                pass_build_arguments: { BASE: PIPELINE_TEST_FRAMEWORKS_IMAGE }
              push: { kind: push, needs: image }
              sync: { kind: sync, needs: compile, data: data }
              deploy: { kind: deploy, needs: [push, sync] }

            """
    }

    /// As the frameworks' own guides start an app. Both look for data beside the folder they are started in.
    private var start: String {
        let python = kind == "local" ? "python3" : Self.python ?? "python3"
        let port = kind == "local" ? "8000" : "{port}"
        let host = kind == "local" ? "0.0.0.0" : "127.0.0.1"
        let folder = kind == "local" ? "/app" : "$OLDPWD"
        let program =
            framework == .streamlit
            ? "streamlit run \(folder)/app.py --server.port \(port) --server.address \(host) --server.headless true"
            : "datasette serve data/site.db --metadata \(folder)/metadata.json --host \(host) --port \(port)"
        return "cd \"$SITE_DATA/..\" && exec \(python) -m \(program)"
    }

    /// - Parameters:
    ///   - command: what is started instead of the app.
    ///   - health: of the environment.
    func writeEnvironment(
        command: String? = nil, health: String? = nil, within: Int = 30
    ) throws {
        let isStreamlit = framework == .streamlit
        let page = isStreamlit ? "/_stcore/health" : "/-/versions.json"
        let registry = Environment.value("PIPELINE_TEST_REGISTRY") ?? "127.0.0.1:5000"
        let smoke = isStreamlit ? "{ path: /_stcore/script-health-check }" : "{ path: /site }"
        try write(
            "pipeline/environments/\(kind).yaml",
            """
            kind: \(kind)
            repository: \(registry)/framework-e2e
            data: { root: .pipeline/environments/\(kind)/efs, slots: 3 }
            site:
              port: \(port)
              command: [sh, -c, '\(command ?? start)']
              environment: { STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED: "true", PYTHONUNBUFFERED: "1" }
              health: \(health ?? "{ path: \(page), identity: none, steady_for: 0.5s, within: \(within)s }")
              smoke: [{ path: / }, \(smoke)]

            """)
    }

    /// - Parameter isBroken: whether it raises an exception when it starts.
    func writeApp(code: String, isBroken: Bool = false) throws {
        try write(
            "site/app.py",
            """
            import pathlib
            import streamlit as st

            st.title("\(code)")
            \(isBroken ? "raise RuntimeError('the app is broken')" : "")
            st.write(pathlib.Path("data/line.txt").read_text())

            """)
        try write("site/metadata.json", isBroken ? "{" : "{\"title\": \"\(code)\"}")
    }

    func write(_ path: String, _ text: String) throws {
        let full = "\(root)/\(path)"
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(text.utf8, to: full)
    }

    /// What a visitor sees at the public address: the code's line and the data's.
    func page() throws -> String {
        switch framework {
        case .streamlit:
            let program =
                String(#filePath.dropLast("/EndToEnd/FrameworkProject.swift".count))
                + "/frameworks/streamlit_page.py"
            let output = try ProcessRunner.run(
                ProcessCommand([
                    Self.python ?? "python3", program, "ws://127.0.0.1:\(port)/_stcore/stream",
                ]), timeout: 40)
            let lines = output.standardOutputText.split(separator: "\n")
            return lines.joined(separator: "; ") + output.standardErrorText
        case .datasette:
            let output = try shell(
                "curl -s -m 10 http://127.0.0.1:\(port)/-/metadata.json; "
                    + "curl -s -m 10 'http://127.0.0.1:\(port)/site/line.json?_shape=array'")
            let texts = output.standardOutputText.matches(of: /"([a-z]+ (?:code|data))/)
            return texts.map { String($0.1) }.joined(separator: "; ")
        }
    }

    @discardableResult
    func pipeline(_ arguments: String...) throws -> ProcessOutput {
        try ProcessRunner.run(
            ProcessCommand([SiteProject.tool] + arguments, directory: root), timeout: 240)
    }

    func shell(_ line: String) throws -> ProcessOutput {
        try ProcessRunner.run(ProcessCommand(["sh", "-c", line], directory: root), timeout: 60)
    }
}
