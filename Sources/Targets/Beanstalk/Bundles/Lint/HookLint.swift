import Spelling
import YAML

/// Looks over `.platform`
/// (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.hooks.html).
enum HookLint {
    private static let kinds = ["hooks", "confighooks"]
    /// Besides hooks: configuration of the proxies.
    private static let others = ["httpd", "nginx"]
    private static let stages = ["prebuild", "predeploy", "postdeploy"]

    static func findings(in entries: [BundleEntry]) -> [BundleFinding] {
        entries.flatMap { entry -> [BundleFinding] in
            let components = entry.components.map(String.init)
            guard components.first == ".platform" else { return [] }
            guard components.count > 2, kinds.contains(components[1]) else {
                return outside(entry.path, components)
            }
            guard components.count == 4, stages.contains(components[2]) else {
                return [misplaced(entry.path, components)]
            }
            return script(entry)
        }
    }

    private static func outside(_ path: String, _ components: [String]) -> [BundleFinding] {
        if components.count > 2, others.contains(components[1]) { return [] }
        let meant =
            components.count > 2
            ? Spelling.nearest(components[1], among: kinds + others) : nil
        return [
            BundleFinding(
                .warning, path, "Beanstalk does not look here",
                advice: meant.map { "move it to .platform/\($0), if it is meant for there" }
                    ?? "move hooks to .platform/hooks/predeploy, or remove the file")
        ]
    }

    private static func misplaced(_ path: String, _ components: [String]) -> BundleFinding {
        let stage =
            components.count == 4 ? Spelling.nearest(components[2], among: stages) : nil
        return BundleFinding(
            .error, path,
            "no hook runs from here: hooks lie in \(stages.joined(separator: ", ")) themselves",
            advice: "move it to .platform/\(components[1])/\(stage ?? "predeploy")")
    }

    private static func script(_ entry: BundleEntry) -> [BundleFinding] {
        var findings: [BundleFinding] = []
        if !entry.isExecutable {
            // Platforms since 29 April 2022 set the bit themselves, so it need not fail.
            findings.append(
                BundleFinding(
                    .warning, entry.path,
                    "it is not executable, and older platforms fail to run it",
                    advice: "run git update-index --chmod=+x on it, and chmod +x"))
        }
        guard case .bytes(let bytes) = entry.content,
            !bytes.starts(with: [0x7F] + Array("ELF".utf8))
        else { return findings }
        if !bytes.starts(with: Array("#!".utf8)) {
            findings.append(
                BundleFinding(
                    .error, entry.path, Mark(line: 1, column: 1),
                    "it does not say which program runs it",
                    advice: "begin with a line such as #!/bin/bash"))
        }
        if let mark = carriageReturn(in: bytes) {
            findings.append(
                BundleFinding(
                    .error, entry.path, mark,
                    "its lines end as on Windows, so that the program of its first line is not found",
                    advice: "save it with the line ends of Unix, and keep it so by .gitattributes"))
        }
        return findings
    }

    private static func carriageReturn(in bytes: [UInt8]) -> Mark? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated().dropLast()
        where line.last == UInt8(ascii: "\r") {
            return Mark(line: index + 1, column: line.count)
        }
        return nil
    }
}
