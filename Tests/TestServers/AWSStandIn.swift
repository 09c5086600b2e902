import FoundationEssentials
import Posix
package import Processes

/// What stands in for AWS in tests (`Tests/aws`): a process of its own, which ends with this object.
package final class AWSStandIn: Sendable {
    /// The Python with the stand-in's packages and the pinned `aws`; nil where `scripts/test` made none.
    package static let python = Environment.value("PIPELINE_TEST_AWS_PYTHON")
    package static var isInstalled: Bool { python != nil }

    package let endpoint: String
    /// Host and port of both registries.
    package let registry: String
    package let region: String
    package let account: String
    package let state: String
    private let keys: [String: Keys]
    private let process: ChildProcess
    /// Runs the pinned `aws`, loaded once (`Tests/aws/quick`): its start is most of what a call costs.
    private let quick: ChildProcess
    private let folder: String

    private struct Keys: Decodable {
        let accessKey: String
        let secretKey: String
        enum CodingKeys: String, CodingKey {
            case accessKey = "access_key"
            case secretKey = "secret_key"
        }
    }

    private struct Description: Decodable {
        let endpoint: String
        let registry: String
        let region: String
        let account: String
        let operators: [String: Keys]
    }

    package struct DidNotStart: Error {
        let log: String
    }

    package init(_ options: String...) throws {
        state =
            try FileSystem.realPath(Environment.value("TMPDIR") ?? "/tmp")
            + "/pipeline-aws-\(UUID().uuidString)"
        try FileSystem.createDirectories(state)
        let tests = String(#filePath.dropLast("TestServers/AWSStandIn.swift".count))
        folder = tests + "aws/quick"
        quick = try ChildProcess(
            ProcessCommand([Self.python ?? "python3", "\(folder)/server.py", "\(state)/aws.sock"]),
            standardInput: .pipe, standardOutput: .pipe, standardError: .null)
        process = try ChildProcess(
            ProcessCommand(
                [Self.python ?? "python3", "-m", "standin", "--temporary", "--state", state]
                    + ["alice", "bob", "admin"].flatMap { ["--operator", $0] } + options,
                environment: ["PYTHONPATH": tests + "aws"]), standardInput: .pipe,
            standardOutput: .pipe, standardError: .null)
        let line = try Self.line(of: process)
        _ = try Self.line(of: quick)
        let found = try JSONDecoder().decode(Description.self, from: Data(line))
        (endpoint, registry) = (found.endpoint, found.registry)
        (region, account, keys) = (found.region, found.account, found.operators)
    }

    /// What a process says first, which is that it serves.
    private static func line(of process: ChildProcess) throws -> [UInt8] {
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let bytes = try Descriptors.read(process.standardOutput ?? -1, upTo: 4096)
            if bytes.isEmpty { throw DidNotStart(log: String(decoding: line, as: UTF8.self)) }
            line += bytes
        }
        return line
    }

    deinit {
        quick.closeStandardInput()
        _ = quick.wait()
        process.closeStandardInput()
        if process.wait(timeoutMs: 20_000) == nil { process.signal(9) }
        _ = process.wait()
        try? FileSystem.removeTree(state)
    }

    /// For programs that are to ask the stand-in, as one of its operators, and never the real AWS.
    package func environment(operator name: String = "alice") -> [String: String?] {
        let tools = (Self.python ?? "").split(separator: "/").dropLast(2).joined(separator: "/")
        return [
            "PATH": "\(folder):/\(tools)/quick:/\(tools)/bin:" + (Environment.value("PATH") ?? ""),
            "PIPELINE_TEST_AWS_SOCKET": "\(state)/aws.sock",
            "AWS_ACCESS_KEY_ID": keys[name]?.accessKey,
            "AWS_SECRET_ACCESS_KEY": keys[name]?.secretKey, "AWS_SESSION_TOKEN": nil,
            "AWS_PROFILE": nil, "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
            "PIPELINE_TEST_TRANSFER_ADDRESSES": "\(endpoint)/standin/transfer",
        ]
    }

    /// The pinned `aws` as one of its operators: for clients in this process, which has another environment.
    package func program(operator name: String = "alice") throws -> String {
        let path = "\(state)/aws-\(name)"
        let lines = environment(operator: name).sorted { $0.key < $1.key }.map { name, value in
            value.map { "export \(name)='\($0)'" } ?? "unset \(name)"
        }
        let script = "#!/bin/sh\n\(lines.joined(separator: "\n"))\nexec aws \"$@\"\n"
        try FileSystem.writeAtomically(Array(script.utf8), to: path, mode: 0o755)
        return path
    }

    /// The secrets of an operator: what must be found nowhere.
    package func secret(operator name: String = "alice") -> String { keys[name]?.secretKey ?? "" }

    /// Runs the pinned `aws`, as an operator of its own, so that the program's calls stand apart.
    @discardableResult
    package func aws(_ words: String..., region: String? = nil) throws -> ProcessOutput {
        try ProcessRunner.run(
            ProcessCommand(
                ["aws"] + words + [
                    "--region", region ?? self.region, "--endpoint-url", endpoint, "--output",
                    "json",
                ], environment: environment(operator: "admin")), timeout: 60)
    }

    /// Which calls fail from now on, and how, as JSON; `[]` for none. See the stand-in's README.
    package func faults(_ json: String) throws { try post("faults", json) }

    /// How its services behave.
    package func world(_ json: String) throws { try post("world", json) }

    /// The calls since the last `forgetJournal`, as `service:Action`.
    package func calls() throws -> [String] {
        struct Line: Decodable {
            let entry: String
            let service: String?
            let action: String?
            let `operator`: String?
            let outcome: String?
        }
        // What was held back and never done enters the journal late, maybe while the next test goes on.
        return try JSONDecoder().decode([Line].self, from: Data(try get("journal").utf8))
            .filter { $0.entry == "call" && $0.operator != "admin" && $0.outcome != "dropped" }
            .map { "\($0.service ?? "?"):\($0.action ?? "?")" }
    }

    package func journal() throws -> String { try get("journal") }

    /// All calls of the operators since the start, but for those of `aws`.
    package func allCalls() throws -> Set<String> {
        struct Line: Decodable {
            let entry: String
            let service: String?
            let action: String?
            let `operator`: String?
        }
        let lines = try FileSystem.readText("\(state)/journal.jsonl").split(separator: "\n")
        return Set(
            lines.compactMap { line in
                let found = try? JSONDecoder().decode(Line.self, from: Data(line.utf8))
                guard let found, found.entry == "call", found.operator != "admin" else {
                    return nil
                }
                return "\(found.service ?? "?"):\(found.action ?? "?")"
            })
    }

    package func forgetJournal() throws {
        _ = try curl(["-X", "DELETE", "\(endpoint)/standin/journal"])
    }

    /// What exists now and costs, as JSON: `[]` for nothing.
    package func paid() throws -> String {
        try get("paid").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    package func get(_ path: String) throws -> String {
        try curl(["\(endpoint)/standin/\(path)"])
    }

    private func post(_ path: String, _ json: String) throws {
        _ = try curl(["-f", "-d", json, "\(endpoint)/standin/\(path)"])
    }

    private func curl(_ words: [String]) throws -> String {
        let output = try ProcessRunner.run(
            ProcessCommand(["curl", "-sS", "-m", "20"] + words), timeout: 30)
        guard output.exit.isSuccess else { throw DidNotStart(log: output.standardErrorText) }
        return output.standardOutputText
    }
}
