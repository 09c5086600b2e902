/// Where the container sees the folders of data, each where the site reads it.
struct MountChoice {
    struct Mount: Hashable, Sendable {
        /// Folder of the data.
        let from: String
        /// Path in the container.
        let to: String
        /// Why it is mounted there.
        let reason: String
    }

    let mounts: [Mount]

    init(
        _ facts: SiteFacts, _ image: ImageFinder.Choice?, _ beanstalk: BeanstalkFacts,
        _ started: DockerRunFacts, folders: [String]
    ) {
        guard image != nil || beanstalk.volume != nil else {
            mounts = []
            return
        }
        var found: [Mount] = []
        var base: String?
        for folder in folders {
            let known =
                Self.volume(beanstalk, folder) ?? Self.composed(image, folder)
                ?? Self.ran(started, folder)
            if let known {
                found.append(known)
                if known.to.hasSuffix("/" + known.from) {
                    base = String(known.to.dropLast(known.from.count + 1))
                }
            }
        }
        for folder in folders where !found.contains(where: { Path.isWithin(folder, $0.from) }) {
            found.append(Self.beside(image, folder, base))
        }
        mounts = Array(Set(found)).filter { mount in
            !found.contains {
                $0 != mount && Path.isWithin(mount.from, $0.from) && $0.from != mount.from
            }
        }.sorted { $0.from.utf8.lexicographicallyPrecedes($1.from.utf8) }
    }

    /// Dockerrun.aws.json names the folder by its end.
    private static func volume(_ beanstalk: BeanstalkFacts, _ folder: String) -> Mount? {
        guard let volume = beanstalk.volume else { return nil }
        var place = folder
        while !place.isEmpty {
            if Path.name(place) == Path.name(volume.container) {
                return Mount(
                    from: place, to: volume.container,
                    reason: "Dockerrun.aws.json mounts the data there")
            }
            place = Path.parent(place)
        }
        return nil
    }

    private static func composed(_ image: ImageFinder.Choice?, _ folder: String) -> Mount? {
        let mount = image?.service?.mounts.first {
            Path.isWithin(folder, $0.from) || Path.isWithin($0.from, folder)
        }
        return mount.map {
            Mount(from: $0.from, to: $0.to, reason: "the compose file mounts it there")
        }
    }

    private static func ran(_ started: DockerRunFacts, _ folder: String) -> Mount? {
        let mount = started.mounts.first { Path.isWithin(folder, $0.from) }
        return mount.map {
            Mount(
                from: $0.from, to: $0.to,
                reason: "\(YAMLText.name(started.source ?? "")) mounts it there")
        }
    }

    /// The same path as here, below the folder that the site runs in.
    private static func beside(_ image: ImageFinder.Choice?, _ folder: String, _ base: String?)
        -> Mount
    {
        let context = image?.context ?? ""
        let inside =
            Path.isWithin(folder, context) && !context.isEmpty
            ? String(folder.dropFirst(context.count + 1)) : folder
        if let base {
            return Mount(
                from: folder, to: "\(base)/\(inside)", reason: "beside the other folders of data")
        }
        let work = image?.image?.folder
        // Where the folder's own copy would lie.
        for copy in image?.image?.copies ?? [] {
            for source in copy.sources where source.isEmpty || Path.isWithin(inside, source) {
                var to = copy.to.hasPrefix("/") ? copy.to : Path.join(work ?? "", copy.to)
                if to.hasSuffix("/.") || to.hasSuffix("/") { to = String(to.drop(last: "/.")) }
                let rest =
                    source.isEmpty
                    ? inside : String(inside.dropFirst(source.count).drop { $0 == "/" })
                if to.hasPrefix("/") || work != nil {
                    let path = rest.isEmpty ? to : "\(to == "/" ? "" : to)/\(rest)"
                    return Mount(
                        from: folder, to: path.hasPrefix("/") ? path : "/" + path,
                        reason: "where the Dockerfile would copy it to")
                }
            }
        }
        return Mount(
            from: folder, to: (work == "/" ? "" : work ?? "/app") + "/" + inside,
            reason: work == nil
                ? "a guess: the Dockerfile names no WORKDIR"
                : "the same path as here, below the Dockerfile's WORKDIR")
    }
}

extension String {
    /// Without these characters at the end.
    fileprivate func drop(last characters: String) -> Substring {
        var text = self[...]
        while text.count > 1, let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
