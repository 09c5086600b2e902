import Texts
import YAML

/// What the files of Elastic Beanstalk in the folder say: `Dockerrun.aws.json`,
/// `.elasticbeanstalk/config.yml`, `.ebextensions` and `.platform`.
struct BeanstalkFacts {
    /// The folder that holds them, `""` for the site's own; nil where there are none.
    private(set) var folder: String?
    private(set) var sources: [String] = []
    private(set) var image: String?
    private(set) var port: Int?
    private(set) var volume: (host: String, container: String)?
    private(set) var application: String?
    private(set) var environment: String?
    private(set) var region: String?
    private(set) var profile: String?
    private(set) var fileSystem: String?

    init(_ facts: SiteFacts) {
        for (path, text) in facts.sortedTexts {
            if Path.name(path) == "Dockerrun.aws.json" {
                readDockerrun(path, text)
            } else if path.hasSuffix(".elasticbeanstalk/config.yml") {
                readConfiguration(path, text)
            } else if let mark = [".ebextensions/", ".platform/"].first(where: path.contains) {
                let above = path.prefix(
                    path.distance(from: path.startIndex, to: path.start(of: mark)))
                folder = folder ?? (above.isEmpty ? "" : String(above.dropLast()))
                if let found = Tokens.fileSystem(in: text) {
                    fileSystem = fileSystem ?? found
                    sources.append(path)
                }
            }
        }
    }

    private mutating func readDockerrun(_ path: String, _ text: String) {
        // Every JSON text is YAML, nearly (YAML 1.2.2, section 1.2).
        guard let document = try? YAML.parse(text) else { return }  // try?: proposes nothing
        folder = Path.parent(path)
        sources.append(path)
        image = document["Image"]?["Name"]?.text
        port = document["Ports"]?.sequence?.first?["ContainerPort"]?.text.flatMap { Int($0) }
        if let first = document["Volumes"]?.sequence?.first,
            let host = first["HostDirectory"]?.text,
            let container = first["ContainerDirectory"]?.text
        {
            volume = (host, container)
        }
    }

    private mutating func readConfiguration(_ path: String, _ text: String) {
        guard let document = try? YAML.parse(text) else { return }  // try?: proposes nothing
        sources.append(path)
        let global = document["global"]
        application = global?["application_name"]?.string
        region = global?["default_region"]?.string
        profile = global?["profile"]?.string
        for (_, branch) in document["branch-defaults"]?.mapping ?? [] {
            environment = environment ?? branch["environment"]?.string
        }
        environment = environment ?? document["environment-defaults"]?.mapping?.first?.key.text
    }
}

extension String {
    /// Where a text begins in this one; the end where it does not stand in it.
    func start(of text: String) -> Index {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) { return index }
            index = self.index(after: index)
        }
        return endIndex
    }
}
