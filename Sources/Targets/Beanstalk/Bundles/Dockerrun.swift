import JSON

/// The description of one container for Beanstalk: Dockerrun.aws.json, version 1
/// (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/single-container-docker-configuration.html).
///
/// Equal settings and templates give equal bytes.
struct Dockerrun {
    let entry: BundleEntry
    /// Where the template says otherwise than the settings, which win.
    let findings: [BundleFinding]

    init(_ settings: BundleSettings, template: DockerrunTemplate?) {
        var values = template?.values ?? [:]
        var findings: [BundleFinding] = []
        let maker = DockerrunMaker(settings: settings, template: template)
        values["AWSEBDockerrunVersion"] = .string("1")
        values["Image"] = maker.image(&findings)
        values["Ports"] = maker.ports(&findings)
        values["Volumes"] = maker.volumes(&findings)
        entry = BundleEntry(
            path: GeneratedPath.dockerrun, text: JSONValue.object(values).indentedText(.yaml))
        self.findings = findings
    }
}

private struct DockerrunMaker {
    let settings: BundleSettings
    let template: DockerrunTemplate?

    func image(_ findings: inout [BundleFinding]) -> JSONValue {
        let named = template?.values["Image"]?.object?["Name"]?.string
        if let named, Self.shortName(named) != Self.shortName(settings.repository) {
            findings.append(
                DockerrunTemplate.finding(
                    .warning, template?.mark(.key("Image"), .key("Name")),
                    "the image is \"\(settings.image)\", and not \"\(named)\"",
                    "remove \"Image\", which is always generated"))
        }
        // So that the image is pulled: without it Beanstalk may take what an earlier pull has left.
        return .object(["Name": .string(settings.image), "Update": .string("true")])
    }

    /// The last part of a name, without tag and digest: `site` of `host:5000/lab/site:latest`.
    private static func shortName(_ image: String) -> Substring {
        let named = image.prefix { $0 != "@" }
        return (named.split(separator: "/").last ?? "").prefix { $0 != ":" }
    }

    /// Beanstalk's proxy goes to the first port of the list.
    func ports(_ findings: inout [BundleFinding]) -> JSONValue {
        let listed = template?.values["Ports"]?.array ?? []
        let port = Int64(settings.containerPort)
        var own: [String: JSONValue] = ["ContainerPort": .int(port)]
        var others: [JSONValue] = []
        for (index, value) in listed.enumerated() {
            let fields = value.object ?? [:]
            if fields["ContainerPort"]?.wholeNumber == port {
                own.merge(fields) { own, _ in own }
            } else if index == 0 {
                findings.append(
                    DockerrunTemplate.finding(
                        .warning,
                        template?.mark(.key("Ports"), .index(0), .key("ContainerPort"))
                            ?? template?.mark(.key("Ports"), .index(0)),
                        "the site listens on port \(port), and this is another one",
                        "write \"ContainerPort\": \(port), or change the environment's port"))
            } else {
                others.append(value)
            }
        }
        if let hostPort = settings.hostPort { own["HostPort"] = .int(Int64(hostPort)) }
        return .array([.object(own)] + others)
    }

    func volumes(_ findings: inout [BundleFinding]) -> JSONValue {
        let listed = template?.values["Volumes"]?.array ?? []
        var others: [JSONValue] = []
        for (index, value) in listed.enumerated() {
            let host = value.object?["HostDirectory"]?.string ?? ""
            let container = value.object?["ContainerDirectory"]?.string ?? ""
            let place = template?.mark(.key("Volumes"), .index(index))
            if settings.otherFolders.contains(where: { Self.isSame(container, $0.container) }) {
                continue
            }
            if Self.isSame(container, settings.containerFolder) {
                if !Self.isSame(host, settings.mountedFolder),
                    !Self.isInside(settings.mountedFolder, host)
                {
                    findings.append(
                        DockerrunTemplate.finding(
                            .warning, place,
                            "the data is in \"\(settings.mountedFolder)\", and not in \"\(host)\"",
                            "remove this volume, which is always generated"))
                }
                continue
            }
            if Self.isSame(host, settings.mountedFolder)
                || Self.isInside(settings.mountedFolder, host)
            {
                findings.append(
                    DockerrunTemplate.finding(
                        .warning, place,
                        "the data is at \"\(settings.containerFolder)\" in the container, and this "
                            + "volume shows it at \"\(container)\" as well",
                        "write that folder, or change where the environment mounts the data"))
            }
            others.append(value)
        }
        let data: [String: JSONValue] = [
            "HostDirectory": .string(settings.mountedFolder),
            "ContainerDirectory": .string(settings.containerFolder),
        ]
        let more = settings.otherFolders.map { folder in
            JSONValue.object([
                "HostDirectory": .string("\(settings.hostFolder)/\(folder.data)"),
                "ContainerDirectory": .string(folder.container),
            ])
        }
        return .array([.object(data)] + more + others)
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.split(separator: "/") == right.split(separator: "/")
    }

    private static func isInside(_ path: String, _ folder: String) -> Bool {
        let components = folder.split(separator: "/")
        return !components.isEmpty && path.split(separator: "/").starts(with: components)
    }
}
