import Posix
import Processes
import Testing

/// What a sync puts on disk, and in which order, by the calls that strace(1) records: a marker is written only when all
/// that it names would survive a loss of power. On ext4 one fsync(2) takes all changes with it; other file systems give
/// no more than what was asked for.
struct SyncDurabilityTests {
    @Test(
        "files are on disk before they get their names, and folders before the marker does",
        arguments: ["slots", "full", "in-place"])
    func order(layout: String) throws {
        let project = try UnitProject(
            "project: one\nstages:\n  sync: { kind: sync, data: [data] }\n")
        try project.write(
            "pipeline/environments/production.yaml",
            "kind: data\ndata: { root: efs, layout: \(layout) }\n")
        _ = try project.shell("mkdir efs")
        try project.write("data/x", "1")
        try project.write("data/sub/y", "2")
        try project.write("data/sub/kept/z", "3")
        try project.write("data/old/o", "5")
        try project.write("data/branch/kept", "6")
        try project.write("data/branch/leaf/l", "7")
        let first = try trace(project)
        #expect(first.markers == 1 && first.violations == [])
        #expect(first.names.contains("mkdirat"))

        // What a killed sync has left goes too.
        let slot = ["slots": "efs/a", "in-place": "efs"][layout]
        if let slot { try project.write("\(slot)/data/.pipeline-aside-left", "half") }
        _ = try project.shell("rm -r data/sub/y data/old data/branch/leaf")
        try project.write("data/x", "one")
        try project.write("data/new/deep/w", "4")
        let second = try trace(project)
        #expect(second.markers == 1 && second.violations == [])
        #expect(second.names.contains(layout == "full" ? "linkat" : "unlinkat"))
        if let slot { #expect(try !project.exists("\(slot)/data/.pipeline-aside-left")) }
    }

    @Test("without hard links the lock is made all the same, and never over another's")
    func withoutLinks() throws {
        let project = try UnitProject(
            "project: one\nstages:\n  sync: { kind: sync, data: [data] }\n")
        try project.write(
            "pipeline/environments/production.yaml", "kind: data\ndata: { root: efs }\n")
        _ = try project.shell("mkdir efs")
        try project.write("data/x", "1")
        let check = try trace(project, withoutLinks: true)
        #expect(check.markers == 1 && check.violations == [])
        #expect(!check.names.contains("linkat"))

        try project.write("data/x", "2")
        try project.write("efs/.pipeline-lock", "another's")
        let output = try run(project, withoutLinks: true, "--no-wait")
        #expect(output.exit == .exited(1))
        #expect(
            output.standardErrorText.contains("error[place-locked]"), "\(output.standardErrorText)")
        #expect(try project.text("efs/.pipeline-lock") == "another's")
        #expect(try project.text("efs/a/data/x") == "1")
    }

    private func run(
        _ project: UnitProject, withoutLinks: Bool, _ options: String...
    ) throws -> ProcessOutput {
        let calls = "openat,mkdirat,linkat,renameat,renameat2,unlinkat,fsync,fdatasync"
        let fault = withoutLinks ? ["-e", "inject=linkat:error=EOPNOTSUPP"] : []
        return try ProcessRunner.run(
            ProcessCommand(
                [
                    "strace", "-f", "-y", "-o", project.path("calls"), "-e", "signal=none", "-e",
                    "trace=\(calls)",
                ] + fault + [UnitProject.tool, "run", "sync"] + options, directory: project.root),
            timeout: 120)
    }

    private func trace(
        _ project: UnitProject, withoutLinks: Bool = false
    ) throws -> DurabilityCheck {
        let output = try run(project, withoutLinks: withoutLinks)
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        var check = DurabilityCheck(root: project.path("efs"))
        for call in TracedCall.all(try project.text("calls")) { check.take(call) }
        return check
    }
}

/// A call that succeeded, as `strace -f -y` prints it.
private struct TracedCall {
    let name: String
    /// Paths of descriptors, and of the descriptor that is returned.
    let paths: [String]
    /// Arguments that are texts.
    let texts: [String]
    let line: String

    init?(_ line: String) {
        guard let bracket = line.firstIndex(of: "("),
            let end = line.firstRange(of: ") = ")?.upperBound,
            line[end] != "-"
        else { return nil }
        name = String(line[..<bracket])
        texts = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        paths = line.split(separator: "<").dropFirst().map { String($0.prefix { $0 != ">" }) }
        self.line = line
    }

    /// A call that another thread's interrupts is printed in two parts.
    static func all(_ log: String) -> [TracedCall] {
        var begun: [Substring: Substring] = [:]
        return log.split(separator: "\n").compactMap { line in
            let thread = line.prefix { $0 != " " }
            let text = line.dropFirst(thread.count).drop { $0 == " " }
            if let cut = text.firstRange(of: " <unfinished ...>") {
                begun[thread] = text[..<cut.lowerBound]
                return nil
            }
            if text.hasPrefix("<..."), let rest = text.firstRange(of: " resumed>")?.upperBound {
                return TracedCall("\(begun[thread] ?? "")\(text[rest...])")
            }
            return TracedCall(String(text))
        }
    }
}

/// Follows what of a place is not on disk yet.
private struct DurabilityCheck {
    let root: String
    private var unsynced: Set<String> = []
    private var made: Set<String> = []
    /// The slot whose marker was removed, until that is on disk.
    private var unmarked: String?
    private(set) var violations: [String] = []
    private(set) var markers = 0
    private(set) var names: Set<String> = []

    init(root: String) { self.root = root }

    private static let marker = ".pipeline-release.json"

    mutating func take(_ call: TracedCall) {
        guard let folder = call.paths.first, folder == root || folder.hasPrefix(root + "/") else {
            return
        }
        names.insert(call.name)
        switch call.name {
        case "fsync", "fdatasync":
            unsynced.remove(folder)
            if unmarked == folder { unmarked = nil }
        case "openat":
            guard call.line.contains("O_CREAT"), let path = call.paths.last else { return }
            made.insert(path)
            unsynced.insert(path)
            if !call.texts[0].hasPrefix(".pipeline-aside-") { change(folder, call) }
        case "mkdirat": change(folder, call)
        case "linkat", "renameat", "renameat2":
            expect(!unsynced.contains("\(folder)/\(call.texts[0])"), "no content", call)
            if call.texts[1] == Self.marker {
                markers += 1
                expect(unsynced.isEmpty, "\(unsynced.sorted())", call)
            }
            change(call.paths[1], call)
        case "unlinkat":
            let name = call.texts[0]
            // Where these come back after a loss of power the next sync removes them.
            if made.contains("\(folder)/\(name)") || name == ".pipeline-filling" { return }
            if name == Self.marker { expect(!unsynced.contains(folder), "no note", call) }
            change(folder, call)
            if call.line.contains("AT_REMOVEDIR") { unsynced.remove("\(folder)/\(name)") }
            if name == Self.marker { unmarked = folder }
        default: violations.append("unexpected: \(call.line)")
        }
    }

    private mutating func change(_ folder: String, _ call: TracedCall) {
        expect(unmarked.map { !folder.hasPrefix($0) } ?? true, "marker may still be there", call)
        unsynced.insert(folder)
    }

    private mutating func expect(_ isSo: Bool, _ what: String, _ call: TracedCall) {
        if !isSo { violations.append("\(what): \(call.line)") }
    }
}
