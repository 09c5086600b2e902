import JSON
import Spelling
import YAML

/// The user's own Dockerrun.aws.json: what it says beyond image, port and data is kept.
struct DockerrunTemplate {
    private static let keys = [
        "AWSEBDockerrunVersion", "Authentication", "Command", "Entrypoint", "Image", "Logging",
        "Ports", "Volumes",
    ]

    let values: [String: JSONValue]
    /// The same text with places; nil where only JSON can read it.
    private let places: Node?

    static func read(_ entry: BundleEntry?) -> (DockerrunTemplate?, [BundleFinding]) {
        guard let entry else { return (nil, []) }
        guard let text = entry.text else {
            return (nil, [finding(.error, nil, "it is not a text in UTF-8", "write it again")])
        }
        // Every JSON text is YAML, nearly (YAML 1.2.2, section 1.2); YAML knows the places.
        var places: Node?
        var mark: Mark?
        do { places = try YAML.parse(text) } catch { mark = error.mark }
        let value = try? JSONValue(parsing: text)  // try?: refused below
        guard let value else {
            let advice =
                "correct it: texts and keys stand in double quotes, and nothing is a comment"
            return (nil, [finding(.error, mark, "it is not valid JSON", advice)])
        }
        guard let values = value.object else {
            return (
                nil,
                [finding(.error, places?.mark, "it is not a JSON object", "put its keys in { }")]
            )
        }
        let template = DockerrunTemplate(values: values, places: places)
        if let finding = template.versionFinding { return (nil, [finding]) }
        return (template, template.keyFindings)
    }

    /// The place of a value by keys and indices.
    func mark(_ path: PathPart...) -> Mark? {
        var node = places
        for part in path {
            switch part {
            case .key(let key): node = node?[key]
            case .index(let index):
                let elements = node?.sequence ?? []
                node = elements.indices.contains(index) ? elements[index] : nil
            }
        }
        return node?.mark
    }

    enum PathPart {
        case key(String)
        case index(Int)
    }

    static func finding(
        _ severity: BundleFinding.Severity, _ mark: Mark?, _ text: String, _ advice: String
    ) -> BundleFinding {
        BundleFinding(severity, GeneratedPath.dockerrun, mark, text, advice: advice)
    }

    private var versionFinding: BundleFinding? {
        guard let version = values["AWSEBDockerrunVersion"] else {
            return Self.finding(
                .error, nil, "it has no \"AWSEBDockerrunVersion\"",
                "add \"AWSEBDockerrunVersion\": \"1\"")
        }
        if version.wholeNumber == 1 { return nil }
        return Self.finding(
            .error, mark(.key("AWSEBDockerrunVersion")),
            "only version 1, of a single container, can be deployed",
            "describe the container in the form of version 1, or remove the file")
    }

    private var keyFindings: [BundleFinding] {
        values.keys.filter { !Self.keys.contains($0) }.sorted().map { key in
            let meant = Spelling.nearest(key, among: Self.keys)
            let place = places?.mapping?.first { $0.key.text == key }?.key.mark
            return Self.finding(
                .warning, place, "Beanstalk knows no key \"\(key)\"",
                meant.map { "write \"\($0)\", if that is meant" } ?? "remove it")
        }
    }
}
