import Posix
import Processes

@testable import Bundles

/// Where a hook runs: with Python, or where only the programs are that the script names.
enum HookWorld: CaseIterable {
    case python, noPython

    private static let programs = [
        "bash", "cat", "cut", "date", "dirname", "find", "head", "sed", "sha256sum", "sleep",
        "test",
        "timeout", "tr",
    ]

    /// The changes to the environment that make it so.
    func environment(_ scratch: Scratch) throws -> [String: String?] {
        guard self == .noPython else { return [:] }
        let folder = scratch.path("bin")
        try FileSystem.createDirectories(folder)
        for name in Self.programs {
            let found = try scratch.run(["bash", "-c", "type -P \(name)"]).standardOutputText
            let link = "\(folder)/\(name)"
            if try FileSystem.linkStatus(link) == nil {
                try FileSystem.symbolicLink(to: String(found.dropLast()), at: link)
            }
        }
        return ["PATH": folder]
    }
}

/// Runs the generated check as Beanstalk does: the top of the bundle is the current folder.
struct HookRun {
    struct Result {
        let exit: ProcessExit
        let error: String
        /// What is in the log of Beanstalk's engine.
        let log: String
    }

    private let scratch: Scratch

    init(_ scratch: Scratch) { self.scratch = scratch }

    func check(
        _ settings: BundleSettings, in world: HookWorld, hook: Int = 0,
        onLine: ((ProcessRunner.Stream, String) -> Void)? = nil
    ) throws -> Result {
        let log = scratch.path("log/eb-engine.log")
        try scratch.write("", to: "log/eb-engine.log")
        let list = try DigestList(settings)
        let check = PredeployCheck(settings, list: list, engineLog: log)
        for entry in check.entries + (list.map { [$0.entry] } ?? []) {
            guard case .bytes(let bytes) = entry.content else { continue }
            try scratch.write(
                bytes, to: "app/\(entry.path)", mode: entry.isExecutable ? 0o755 : 0o644)
        }
        let output = try scratch.run(
            [check.entries[hook].path], in: "app",
            environment: try world.environment(scratch), onLine: onLine)
        return Result(
            exit: output.exit, error: output.standardErrorText,
            log: try FileSystem.readText(log))
    }
}
