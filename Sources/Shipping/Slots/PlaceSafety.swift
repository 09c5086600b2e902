import Paths
import PipelineEngine
import PipelineModel
import Posix
import Slots
import Texts
import TransportProviders

/// Whether the root of a place is there, and may be what the environment says it is. Changes nothing.
struct PlaceSafety {
    let context: ShippingContext
    /// The folder that holds the home folders of people.
    var homes = "/home"

    private var root: String { context.environment.data.route.root }

    /// - Throws: `PlaceError`.
    func check() throws {
        if context.environment.data.layout == .inPlace { try checkName() }
        guard context.environment.data.provider.isLocal else { return }
        guard try FileSystem.status(root)?.kind == .directory else {
            if context.isRootOwn, try FileSystem.linkStatus(root) == nil { return }
            throw PlaceError.missing(root: root, environment: context.environment.name)
        }
        let real = try FileSystem.realPath(root)
        if context.environment.data.layout == .inPlace { try checkReal(real) }
        if !context.isRootOwn { try checkSources(real) }
        let table = try MountTable.present()
        if let point = table.unmountedPoint(above: real) {
            throw PlaceError.notMounted(root: root, point: point)
        }
    }

    /// By its text: what it leads to on a server is not known here.
    private func checkName() throws {
        let parts = root.split(separator: "/").filter { $0 != "." }
        let isRemote = !context.environment.data.provider.isLocal
        if parts.isEmpty {
            let why =
                root.hasPrefix("/")
                ? "it is the root of the file system"
                : "it is the whole folder of the login or project"
            throw PlaceError.unsafe(root: root, why: why)
        }
        if parts[0].hasPrefix("~") {
            throw PlaceError.unsafe(
                root: root, why: "it is a home folder, or would be a folder named \"~\"")
        }
        if parts.contains("..") {
            throw PlaceError.unsafe(root: root, why: "it leads upwards by \"..\"")
        }
        let isHome =
            root.hasPrefix("/") && (parts == ["root"] || (parts.count <= 2 && parts[0] == "home"))
        if isHome || (isRemote && parts == ["home"]) {
            throw PlaceError.unsafe(
                root: root, why: "it is a home folder, or holds those of all users")
        }
    }

    private func checkReal(_ real: String) throws {
        func holds(_ other: String) -> Bool {
            real == "/" || other == real || other.hasPrefix(real + "/")
        }
        if holds(context.project.root) {
            throw PlaceError.unsafe(root: root, why: "the project itself lies in it (\(real))")
        }
        for home in try homeFolders() where holds(home) {
            throw PlaceError.unsafe(root: root, why: "it is a home folder, or holds one (\(real))")
        }
    }

    /// A place that is filled never lies in what is sent to it, or in what describes the project: not even a person who
    /// makes it this environment's can mean that.
    private func checkSources(_ real: String) throws {
        var own = [".git", "pipeline"]
        for stage in context.project.definition.stages {
            if case .sync(let sync) = stage.content { own += sync.data }
        }
        for path in own {
            let full = context.absolute(path)
            guard try FileSystem.status(full) != nil else { continue }
            let source = try FileSystem.realPath(full)
            let isInside = real == source || real.hasPrefix(source + "/")
            let isAround =
                context.environment.data.layout == .inPlace && source.hasPrefix(real + "/")
            guard isInside || isAround else { continue }
            throw PlaceError.unsafe(
                root: root,
                why: isInside
                    ? "it lies in the project's own \"\(path)\""
                    : "the project's \"\(path)\" lies in it")
        }
    }

    /// The home folders of people: of this user, and all in `homes`.
    private func homeFolders() throws -> [String] {
        var folders = ["/root"]
        if let home = Environment.value("HOME"), try FileSystem.status(home) != nil {
            folders.append(try FileSystem.realPath(home))
        }
        if try FileSystem.status(homes)?.kind == .directory {
            folders += try FileSystem.entries(of: homes).filter { $0.kind == .directory }
                .map { "\(homes)/\($0.name)" }
        }
        return folders.filter { $0 != "/" }
    }
}

/// What should be mounted, and what is.
struct MountTable {
    let expected: Set<String>
    let mounted: Set<String>

    /// - Parameters:
    ///   - fstab: the text of fstab(5).
    ///   - mountinfo: that of proc_pid_mountinfo(5).
    init(fstab: String, mountinfo: String) {
        var expected: Set<String> = []
        for line in fstab.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 3, !words[0].hasPrefix("#"), words[1].hasPrefix("/") else {
                continue
            }
            expected.insert(Self.decoded(words[1]))
        }
        self.expected = expected
        mounted = Set(
            mountinfo.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 4 ? Self.decoded(words[4]) : nil
            })
    }

    /// - Throws: where a table is there and cannot be read: something may have to be mounted, and may not be.
    static func present(
        fstab: String = "/etc/fstab", mountinfo: String = "/proc/self/mountinfo"
    ) throws(PosixError) -> MountTable {
        guard try FileSystem.status(fstab) != nil else {
            return MountTable(fstab: "", mountinfo: "")
        }
        return MountTable(
            fstab: try FileSystem.readText(fstab), mountinfo: try FileSystem.readText(mountinfo))
    }

    /// The nearest mount point at or above a path, where nothing is mounted on it.
    func unmountedPoint(above path: String) -> String? {
        let places = [path] + PathText.ancestors(path).filter { $0 != "/" }
        let first = places.first { mounted.contains($0) || expected.contains($0) }
        return first.flatMap { mounted.contains($0) ? nil : $0 }
    }

    /// Blanks and the like are octal in both tables.
    private static func decoded(_ word: Substring) -> String {
        var text = String(word)
        for (code, character) in [
            ("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"),
        ] {
            text = text.replacing(code, with: character)
        }
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
