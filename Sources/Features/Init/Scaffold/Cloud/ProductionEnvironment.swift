/// The environment at AWS, as far as files of the folder tell of one.
///
/// What they do not tell is left to be filled in, and the text is a draft then.
struct ProductionEnvironment {
    static let placeholder = "FILL-IN"

    private let site: SiteChoice
    private var lines: [String] = []
    private var missing: [String] = []

    init(_ site: SiteChoice) {
        self.site = site
    }

    func environment() -> Proposal.Environment? {
        var writer = self
        switch kind {
        case "beanstalk": writer.writeBeanstalk()
        case "ecs": writer.writeServices()
        case "data": writer.writeData()
        default: return nil
        }
        var head = Comment.lines(
            "The site at AWS, as far as the files of this folder tell. Nothing was asked of AWS.")
        if !writer.missing.isEmpty {
            head += Comment.lines(
                "A draft: fill in \(Listing.and(writer.missing)) "
                    + "(\(Self.placeholder) below), and rename the file to production.yaml.")
        }
        return Proposal.Environment(
            name: "production", text: (head + writer.lines).joined(separator: "\n") + "\n",
            missing: writer.missing)
    }

    private var kind: String? {
        let hasFiles =
            site.beanstalk.folder != nil || site.beanstalk.application != nil
            || site.cloud.application != nil
        if site.image != nil, hasFiles { return "beanstalk" }
        if site.image != nil, site.cloud.cluster != nil || site.cloud.hasServices { return "ecs" }
        let isAtAWS = site.cloud.manager != nil || site.cloud.infrastructure != nil || hasFiles
        return isAtAWS && !site.dataFolders.isEmpty ? "data" : nil
    }

    private mutating func writeBeanstalk() {
        let beanstalk = site.beanstalk
        lines.append("kind: beanstalk")
        writeRepository()
        writeAWS(bucket: false)
        lines += ["", "beanstalk:"]
        write(
            "  application", beanstalk.application, site.cloud.application, "the application's name"
        )
        write(
            "  environment", beanstalk.environment, site.cloud.environment, "the environment's name"
        )
        if let folder = beanstalk.folder {
            lines += Comment.lines(
                "The folder with .ebextensions, .platform and Dockerrun.aws.json, which is a template: "
                    + "image, port and data are written for each release.", indent: 2)
            lines.append("  files: " + YAMLText.scalar(folder.isEmpty ? "." : folder))
        }
        if let host = beanstalk.volume?.host, host.hasPrefix("/") {
            let parts = host.split(separator: "/")
            let mount = "/" + parts.dropLast(parts.count > 1 ? 1 : 0).joined(separator: "/")
            lines += Comment.lines(
                "Where instances mount the file system: above \(YAMLText.name(host)), which "
                    + "Dockerrun.aws.json names.", indent: 2)
            lines.append("  mount: " + YAMLText.scalar(mount))
        }
        writeDataPlace("transfer")
        lines += ["", "site:"] + SiteText.lines(site, isHere: false, steady: "60s", within: "5m")
    }

    private mutating func writeServices() {
        lines.append("kind: ecs")
        writeRepository()
        writeAWS(bucket: true)
        lines += ["", "ecs:"]
        write("  cluster", nil, site.cloud.cluster, "the cluster's name")
        lines += Comment.lines(
            "The services that run the image, and how each sees the data: read-write, read-only or none.",
            indent: 2)
        lines.append("  services:")
        let services = site.cloud.services.map(\.value)
        if services.isEmpty { missing.append("the names of the services") }
        for name in services.isEmpty ? [Self.placeholder] : services {
            lines.append("    - { name: \(YAMLText.scalar(name)), access: read-only }")
        }
        writeDataPlace("transfer")
        lines += ["", "site:"] + SiteText.lines(site, isHere: false, steady: "60s", within: "5m")
    }

    private mutating func writeData() {
        lines += Comment.lines(
            "Data alone is synced and verified there: nothing here names the services that read it. "
                + "With them, kind is ecs or beanstalk.")
        lines.append("kind: data")
        writeAWS(bucket: false)
        writeDataPlace(site.cloud.manager == nil ? "transfer" : "bucket")
    }

    private mutating func writeRepository() {
        let image = site.beanstalk.image.flatMap(Tokens.repository)
        write("repository", image, site.cloud.repository, "the registry and path of the image")
    }

    private mutating func writeAWS(bucket: Bool) {
        let account = site.cloud.account
        lines.append("aws:")
        if let account {
            lines += Comment.lines("As \(account.place) has it.", indent: 2)
            lines.append("  account: \"\(account.value)\"")
        } else {
            lines += Comment.lines(
                "account: \"123456789012\" would refuse the credentials of any other account.",
                indent: 2)
        }
        write("  region", site.beanstalk.region, site.cloud.region, "the region")
        if let profile = site.beanstalk.profile {
            lines.append("  profile: " + YAMLText.scalar(profile))
        }
        if bucket {
            lines += Comment.lines(
                "A bucket that all operators can write: the record that they share is kept there.",
                indent: 2)
            writeValue("  bucket", nil, "a bucket for the operators' record")
        }
    }

    private mutating func writeDataPlace(_ route: String) {
        lines += ["", "data:"]
        lines += Comment.lines(
            route == "bucket"
                ? "By a bucket and an instance that mounts the file system: "
                    + "\(YAMLText.name(site.cloud.manager ?? "")) works that way."
                : "By an SFTP server of AWS that exists only while data is sent, which costs about "
                    + "0.30 USD an hour; the other routes are bucket, sftp and directory.",
            indent: 2)
        lines.append("  route: \(route)")
        write(
            "  file_system", site.beanstalk.fileSystem, site.cloud.fileSystem,
            "the id of the EFS file system")
        lines += Comment.lines(
            "A new folder in the file system, which will hold the slots: what is there now is not "
                + "touched.", indent: 2)
        lines += ["  root: \(site.project)", "  slots: 3"]
        if route == "bucket" {
            lines.append("  bucket:")
            let stack = site.cloud.stack
            if let name = stack.stack, let bucket = stack.bucketOutput,
                let instance = stack.instanceOutput
            {
                lines += Comment.lines(
                    "Outputs of the stack that \(name.place) names, as in \(bucket.place) and \(instance.place).",
                    indent: 4)
                lines.append("    stack: " + YAMLText.scalar(name.value))
                lines.append("    bucket: " + YAMLText.scalar(bucket.value))
                lines.append("    instance: " + YAMLText.scalar(instance.value))
            } else {
                writeValue("    bucket", nil, "the bucket's name")
                writeValue("    instance", nil, "the instance's id")
            }
        }
    }

    /// A value of Beanstalk's own files, else one that was found elsewhere, with its place.
    private mutating func write(_ key: String, _ own: String?, _ found: Found?, _ what: String) {
        if own == nil, let found {
            let indent = key.prefix { $0 == " " }.count
            lines += Comment.lines("As \(found.place) has it.", indent: indent)
        }
        writeValue(key, own ?? found?.value, what)
    }

    private mutating func writeValue(_ key: String, _ value: String?, _ what: String) {
        if value == nil { missing.append(what) }
        lines.append("\(key): " + YAMLText.scalar(value ?? Self.placeholder))
    }
}
