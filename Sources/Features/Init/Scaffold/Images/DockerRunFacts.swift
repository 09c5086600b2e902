import Texts

/// Lines of scripts and READMEs that start a container by hand: `docker run -v "$(pwd)/data":/app/data -p 8000:8000 site`.
struct DockerRunFacts {
    private(set) var mounts: [(from: String, to: String)] = []
    private(set) var port: Int?
    /// The file that was found first.
    private(set) var source: String?

    init(_ facts: SiteFacts) {
        for (path, text) in facts.sortedTexts where !SiteReads.isTest(path) {
            guard text.contains("docker run") || text.contains("podman run") else { continue }
            let joined = text.replacing("\\\n", with: " ")
            for line in joined.split(whereSeparator: \.isNewline)
            where line.contains("docker run") || line.contains("podman run") {
                read(line, path)
            }
        }
    }

    private mutating func read(_ line: Substring, _ path: String) {
        let plain = String(line.filter { $0 != "\"" && $0 != "'" && $0 != "`" })
        let words = plain.split { $0 == " " || $0 == "\t" || $0 == "=" }.map(String.init)
        for (index, word) in words.enumerated() where index + 1 < words.count {
            let value = words[index + 1]
            if ["-v", "--volume"].contains(word), let mount = Self.mount(value),
                !mounts.contains(where: { $0.to == mount.to })
            {
                mounts.append(mount)
                source = source ?? path
            }
            if ["-p", "--publish"].contains(word), port == nil {
                port = value.split(separator: ":").last.flatMap { Int($0) }
            }
        }
    }

    private static func mount(_ text: String) -> (from: String, to: String)? {
        for start in ["$(pwd)/", "$PWD/", "${PWD}/", "$(PWD)/", "%cd%/", "./"]
        where text.hasPrefix(start) {
            let parts = text.dropFirst(start.count).split(separator: ":").map(String.init)
            guard parts.count > 1, parts[1].hasPrefix("/"), let from = Path.cleaned(parts[0]),
                !from.isEmpty
            else { return nil }
            return (from, parts[1])
        }
        return nil
    }
}
