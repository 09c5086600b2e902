import FoundationEssentials
import Glibc
import Posix
import Processes
import TestServers
import Testing

/// A scratch project whose site is files alone: a stage makes the folder `public` from `src`.
final class StaticProject {
    let root: String
    let port: Int
    /// The folder that holds the releases and the link `current`.
    let place: String

    /// - Parameter server: sends by SFTP instead of into a folder.
    init(_ server: SSHServer? = nil, serve: Bool = true, static extra: String = "") throws {
        root =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-static-\(UUID().uuidString)"
        port = try SiteProject.freePort()
        place = "\(root)/www"
        try FileSystem.createDirectories(place)
        let remote = server.map {
            "route: sftp, host: 127.0.0.1, port: \($0.port), identity: \($0.identity), "
                + "known_hosts: \($0.knownHosts), mounted: \(place),"
        }
        try write("pipeline/pipeline.yaml", Self.definition)
        try write(
            "pipeline/environments/web.yaml",
            """
            kind: static
            data: { \(remote ?? "") root: \(place), slots: 3 }
            static:
              folder: public
            \(serve ? "  serve: { port: \(port) }\n" : "")\(extra)
            site:
              health: { within: 5s }
              smoke:
                - { path: /, contains: welcome }
                - { path: /about/, contains: about }

            """)
        try write(
            "src/build.sh",
            "mkdir -p $1/about && cp src/index.html $1/ && cp src/about.html $1/about/index.html && cp src/style.css $1/\n"
        )
        try page("welcome, first")
        try write("src/about.html", "about us\n")
        try write("src/style.css", "body { color: black }\n")
    }

    deinit {
        // nginx, which must not outlive the test.
        _ = try? shell("pkill -f '\(root)/.pipeline/environments'")
        try? FileSystem.removeTree(root)
    }

    private static let definition = """
        project: tiny-static
        stages:
          build:
            kind: run
            command: sh src/build.sh {output}
            inputs: [src/*]
            outputs: public
          sync: { kind: sync, needs: build, data: public }
          deploy: { kind: deploy, needs: sync }

        """

    func page(_ text: String) throws { try write("src/index.html", "<p>\(text)</p>\n") }

    func write(_ path: String, _ text: String) throws {
        let full = "\(root)/\(path)"
        try FileSystem.createDirectories(
            String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
        try FileSystem.writeAtomically(text.utf8, to: full)
    }

    @discardableResult
    func pipeline(_ arguments: String...) throws -> ProcessOutput {
        try ProcessRunner.run(command(arguments), timeout: 120)
    }

    func command(_ arguments: [String]) -> ProcessCommand {
        ProcessCommand([SiteProject.tool] + arguments, directory: root)
    }

    /// Where the link leads.
    func current() throws -> String { try FileSystem.readLink("\(place)/current") }

    /// What a visitor sees.
    func seen(_ path: String = "") throws -> String {
        try shell("curl -s -m 10 http://127.0.0.1:\(port)/\(path)").standardOutputText
    }

    func shell(_ line: String) throws -> ProcessOutput {
        try ProcessRunner.run(ProcessCommand(["sh", "-c", line], directory: root), timeout: 60)
    }
}
