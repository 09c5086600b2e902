import Posix

/// Settings of this machine for this project, such as which base image can be had here: lines of
/// `NAME=value` in `.pipeline/host.env`, written by set-up scripts. What the caller's own environment
/// sets comes first.
enum HostSettings {
    static let path = Project.statePath + "/host.env"

    static func apply() throws(PosixError) {
        guard try FileSystem.status(path) != nil else { return }
        let text = try FileSystem.readText(path)
        let start = text.unicodeScalars.first == "\u{FEFF}" ? 1 : 0
        for line in text.unicodeScalars.dropFirst(start).split(separator: "\n").map(String.init) {
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            Environment.setDefault(
                String(line[..<equals]), String(line[line.index(after: equals)...]))
        }
    }
}
