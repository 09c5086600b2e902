import Spelling
import YAML

/// Looks over `.ebextensions`
/// (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html).
enum ConfigLint {
    private static let sections = [
        "Conditions", "Mappings", "Metadata", "Outputs", "Parameters", "Resources", "commands",
        "container_commands", "files", "groups", "option_settings", "packages", "services",
        "sources", "users",
    ]

    static func findings(
        in entries: [BundleEntry], settings: BundleSettings
    ) -> [BundleFinding] {
        entries.flatMap { entry -> [BundleFinding] in
            let components = entry.components
            guard components.first == ".ebextensions", let name = components.last else { return [] }
            if components.count > 2 {
                return [
                    BundleFinding(
                        .warning, entry.path,
                        "Beanstalk reads no configuration from folders in .ebextensions",
                        advice: "move it up, if it is one")
                ]
            }
            guard name.hasSuffix(".config") else { return [notRead(entry.path, name)] }
            return ConfigFile(entry: entry, settings: settings).findings
        }
    }

    private static func notRead(_ path: String, _ name: Substring) -> BundleFinding {
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
        let base = stem.isEmpty ? name : stem
        return BundleFinding(
            .warning, path, "Beanstalk does not read it: only names that end in .config count",
            advice: "rename it to \"\(base).config\", or remove it")
    }

    private struct ConfigFile {
        let entry: BundleEntry
        let settings: BundleSettings

        var findings: [BundleFinding] {
            guard let text = entry.text else {
                return [finding(.error, nil, "it is not a text in UTF-8", "write it again")]
            }
            let root: Node?
            do { root = try YAML.parse(text) } catch {
                if let mark = ConfigFile.tab(in: text), mark.line <= error.mark.line {
                    return [
                        finding(
                            .error, mark, "a tab in the indentation, which YAML does not allow",
                            "indent by blanks")
                    ]
                }
                return [
                    finding(
                        .error, error.mark, "neither YAML nor JSON: \(error.message)", "correct it")
                ]
            }
            guard let root else {
                return [finding(.warning, nil, "it says nothing", "remove it")]
            }
            guard let sections = root.mapping else {
                return [
                    finding(
                        .error, root.mark, "sections are expected, and here is \(root.kindName)",
                        "begin with a section, such as option_settings:")
                ]
            }
            return sections.flatMap { check($0.key, $0.value) }
        }

        private func check(_ key: Node, _ value: Node) -> [BundleFinding] {
            let name = key.text ?? ""
            switch name {
            case "option_settings":
                return OptionSettingsLint(file: entry.path, settings: settings).findings(value)
            case "commands", "container_commands": return commands(name, value)
            case _ where sections.contains(name):
                if value.mapping != nil || value.isNull { return [] }
                return [
                    finding(
                        .error, value.mark,
                        "\"\(name)\" holds keys with values, and here is \(value.kindName)",
                        "indent its keys below it")
                ]
            default:
                let meant = Spelling.nearest(name, among: sections)
                return [
                    finding(
                        .error, key.mark, "Beanstalk knows no section \"\(name)\"",
                        meant.map { "write \"\($0)\", if that is meant" } ?? "remove it")
                ]
            }
        }

        private func commands(_ section: String, _ value: Node) -> [BundleFinding] {
            if value.isNull { return [] }
            guard let commands = value.mapping else {
                return [
                    finding(
                        .error, value.mark,
                        "\"\(section)\" holds commands by their names, and here is "
                            + value.kindName, "give each command a name of its own")
                ]
            }
            return commands.compactMap { key, value in
                if value["command"] != nil { return nil }
                return finding(
                    .error, key.mark, "\"\(key.text ?? "")\" has no \"command\"",
                    "add a line command: … below it")
            }
        }

        private func finding(
            _ severity: BundleFinding.Severity, _ mark: Mark?, _ text: String, _ advice: String
        ) -> BundleFinding {
            BundleFinding(severity, entry.path, mark, text, advice: advice)
        }

        /// The first tab that stands before all else in its line.
        private static func tab(in text: String) -> Mark? {
            let lines = text.unicodeScalars.split(
                separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                let indentation = line.prefix { $0 == " " || $0 == "\t" }
                if let tab = indentation.firstIndex(of: "\t"), indentation.count < line.count {
                    let column = line.distance(from: line.startIndex, to: tab) + 1
                    return Mark(line: index + 1, column: column)
                }
            }
            return nil
        }
    }
}
