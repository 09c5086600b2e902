import DeployTargets
import Docker
import Failures
import HTTP
import PipelineEngine
import PipelineModel
import Posix
import Processes
import SiteRuntime

/// What the site of one environment needs to begin on this machine: its base image, registry, port, program and mounts.
struct SiteDoctor {
    let context: ShippingContext

    private var environment: EnvironmentDefinition { context.environment }
    private var area: String { environment.name }
    private var stages: [Stage] { context.project.definition.stages }

    func diagnoses() -> [Diagnosis] {
        let parts: [(String, () throws -> [Diagnosis])] = [
            ("stages", obstacles), ("base image", baseImages), ("registry", registry),
            ("port", port), ("nginx", front), ("site", program), ("mounts", mounts),
        ]
        return parts.flatMap { subject, part in
            do { return try part() } catch {
                return [Diagnosis.unknown(area, subject, error)]
            }
        }
    }

    /// What a run refuses before it begins.
    private func obstacles() throws -> [Diagnosis] {
        let preflight = Preflight(context.project, environment)
        return try stages.compactMap { stage in
            try preflight.obstacle(stage).map {
                Diagnosis(area, "stage \(stage.name)", .bad, $0.headline, advice: $0.advice ?? "")
            }
        }
    }

    // MARK: Image

    private var images: [ImageStage] {
        guard context.target.lacksImage == nil else { return [] }
        return stages.compactMap { stage in
            if case .image(let image) = stage.content { image } else { nil }
        }
    }

    private func baseImages() throws -> [Diagnosis] {
        var found: [Diagnosis] = []
        for image in images {
            let path = "\(image.context)/\(image.dockerfile)"
            guard try FileSystem.status(path) != nil else { continue }
            var arguments = image.buildArguments
            for (name, variable) in image.passBuildArguments {
                if let value = Environment.value(variable) { arguments[name] = value }
            }
            let text = try FileSystem.readText(path)
            for name in BaseImage.names(text, arguments: arguments)
            where !found.contains(where: { $0.found.hasPrefix(name + " ") }) {
                found.append(try baseImage(name, dockerfile: path))
            }
        }
        return found
    }

    private func baseImage(_ name: String, dockerfile: String) throws -> Diagnosis {
        if try context.engine.image(name) != nil {
            return Diagnosis(area, "base image", .good, "\(name) is on this machine")
        }
        let asked = try ProcessRunner.run(
            ProcessCommand(["docker", "manifest", "inspect", name]), timeout: 30)
        if asked.exit.isSuccess {
            return Diagnosis(area, "base image", .good, "\(name) is at its registry")
        }
        let line = asked.standardErrorText.split(separator: "\n").last.map(String.init) ?? ""
        return Diagnosis(
            area, "base image", .bad,
            "\(name) of \(dockerfile) is not on this machine, and its registry does not give it: \(line)",
            advice: "docker pull \(name), or name another base image")
    }

    /// A registry of this machine answers, or a push cannot begin. Others are asked with their own credentials.
    private func registry() throws -> [Diagnosis] {
        guard context.target.lacksImage == nil, context.cloud == nil,
            let repository = environment.repository,
            let host = repository.split(separator: "/").first.map(String.init),
            HTTPRequest.isLoopback(host)
        else { return [] }
        do throws(HTTPError) {
            _ = try HTTPClient().send(HTTPRequest(.get, "http://\(host)/v2/", timeout: 5))
            return [Diagnosis(area, "registry", .good, "one answers at \(host)")]
        } catch {
            let port = host.split(separator: ":").last ?? "5000"
            return [
                Diagnosis(
                    area, "registry", .bad, "\(error)",
                    advice:
                        "start one: docker run -d -p \(host):5000 registry:2, or on port \(port) without Docker: "
                        + "apt-get install docker-registry")
            ]
        }
    }

    // MARK: What is started here

    private var startsHere: Bool {
        if case .site = context.target.deployment { true } else { false }
    }

    /// Of nginx, in front of a site that starts here or of files that are served here.
    private func port() throws -> [Diagnosis] {
        if startsHere { return [port(environment.site.port, context.front().state())] }
        guard let text = environment.options["serve.port"], let port = Int(text) else { return [] }
        let folder = context.absolute(context.environmentFolder) + "/server"
        return [self.port(port, NginxServer(folder: folder, port: port).state())]
    }

    private func port(_ port: Int, _ state: FrontState) -> Diagnosis {
        let subject = "port \(port)"
        return switch state {
        case .running: Diagnosis(area, subject, .good, "this environment's front listens")
        case .absent: Diagnosis(area, subject, .good, "free")
        case .orphaned:
            Diagnosis(
                area, subject, .warning, "the front's nginx has lost its master process",
                advice: "pipeline up -e \(area)")
        case .foreign(let holder):
            Diagnosis(
                area, subject, .bad, "held by \(holder)",
                advice: "stop it, or set another \"port\" in \(file)")
        }
    }

    private func front() throws -> [Diagnosis] {
        guard startsHere || environment.options.has("serve") else { return [] }
        guard let program = NginxServer.program else {
            return [
                Diagnosis(
                    area, "nginx", .bad, "it stands in front of the site, and was not found",
                    advice: "install it: apt-get install nginx")
            ]
        }
        let asked = ProgramCheck(
            area: area,
            program: .init([program, "-v"], advice: "install it: apt-get install nginx"),
            isNeeded: true
        ).diagnosis()
        return asked.state == .good ? [] : [asked]
    }

    /// What a preview starts.
    private func program() throws -> [Diagnosis] {
        guard startsHere, context.target.lacksImage != nil else { return [] }
        let words = RunSettings(environment, context.target).words(
            port: environment.site.port, root: context.project.root)
        guard let name = words.first else { return [] }
        // Relative to the release's own copy of the code, which the build context will be.
        let image = try? context.imageStage().image  // try?: without one, `obstacles` reports it
        let directory = name.hasPrefix("/") ? nil : image?.context
        do {
            let command = ProcessCommand(
                [name], directory: directory.map(context.absolute))
            _ = try command.executable()
            return [Diagnosis(area, "site", .good, "starts \(name)")]
        } catch {
            return [
                Diagnosis(
                    area, "site", .bad, "the site's command starts \(name): \(error)",
                    advice: "install it, or correct \"command\" in \(file)")
            ]
        }
    }

    private var file: String { "\(Project.environmentsPath)/\(area).yaml" }

    // MARK: Mounts

    /// A folder that is mounted must be one that is sent, and must not hide the site's own code.
    private func mounts() throws -> [Diagnosis] {
        guard context.target.schema.needs.contains(.site) else { return [] }
        let own = try? DataStage(context.project, environment)  // try?: reported with the stages
        let sent = own?.sync.data ?? []
        let folders = try images.compactMap { image -> String? in
            let path = "\(image.context)/\(image.dockerfile)"
            guard try FileSystem.status(path) != nil else { return nil }
            return BaseImage.workingFolder(try FileSystem.readText(path))
        }
        return environment.site.mounts.flatMap { mount -> [Diagnosis] in
            var found: [Diagnosis] = []
            let from = Self.plain(mount.from)
            let isSent = sent.map(Self.plain).contains {
                $0 == from || $0.isEmpty || from.isEmpty || $0.hasPrefix(from + "/")
                    || from.hasPrefix($0 + "/")
            }
            if !sent.isEmpty, !isSent {
                found.append(
                    Diagnosis(
                        area, "mount \(mount.from)", .bad,
                        "the site is to see it, and no sync stage sends it: "
                            + sent.joined(separator: ", "),
                        advice: "correct \"from\" in \(file), or \"data\" of the sync stage"))
            }
            guard context.target.lacksImage == nil else { return found }
            let to = Self.plain(mount.to)
            if !mount.to.hasPrefix("/") {
                found.append(
                    Diagnosis(
                        area, "mount \(mount.to)", .bad,
                        "the place in the container is no absolute path",
                        advice: "correct \"to\" in \(file)"))
            } else if let hidden = folders.first(where: {
                to.isEmpty || Self.plain($0) == to || Self.plain($0).hasPrefix(to + "/")
            }) {
                found.append(
                    Diagnosis(
                        area, "mount \(mount.to)", .bad,
                        "it would hide \(hidden), where the image has its code",
                        advice: "correct \"to\" in \(file)"))
            }
            return found
        }
    }

    private static func plain(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
