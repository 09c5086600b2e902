package import DeployTargets
import Digests
import Failures
import HTTP
import PipelineModel
import Posix
import SiteRuntime
import Slots

/// A place in which the link `current` leads to the folder of the live release.
package struct StaticTarget: FolderTarget {
    /// The name of the link, beside the folders of releases.
    package static let link = "current"

    private let place: FolderPlace
    private let root: any LinkingTransport
    /// Of the data that is the site; empty for all of it.
    private let folder: String
    private let server: FileServer?

    /// - Throws: where the place cannot have links.
    package init(_ place: FolderPlace) throws {
        guard let root = place.root as? any LinkingTransport else {
            throw Failure(
                "bad-value", "kind static needs route directory or sftp, which can switch a link",
                next: "write one of them as \"route\"")
        }
        self.place = place
        self.root = root
        let options = place.environment.options
        folder = options["folder"].map { $0 == "." ? "" : $0 } ?? ""
        server = options["serve.port"].flatMap { Int($0) }.flatMap { port in
            place.mounted.map { mounted in
                FileServer(
                    folder: "\(place.folder)/server", port: port,
                    link: "\(mounted)/\(Self.link)",
                    site: options["folder"].map { $0 == "." ? "" : $0 } ?? "")
            }
        }
    }

    package var address: String? {
        if let server { return server.address }
        return place.environment.options["url"].map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    }

    package func live() throws -> LiveFolder {
        switch try root.topLink(Self.link) {
        case .absent: return .none
        case .link(let text):
            let isPlain = !text.isEmpty && !text.contains("/") && text != "." && text != ".."
            return isPlain
                ? .folder(text) : .foreign("\"\(Self.link)\" is a link to \"\(text)\"")
        case .other(.folder): return .foreign("\"\(Self.link)\" is a folder, and no link")
        case .other: return .foreign("\"\(Self.link)\" is a file, and no link")
        }
    }

    package func confirm(_ release: FolderRelease) throws {
        try server?.refuseForeign()
        let pages = StaticPages(release.manifest, folder: folder)
        let smoke = release.site.smoke.filter { $0.status == 200 }.map { ($0.path, $0.contains) }
        for (path, contains) in [(release.site.health.path, nil)] + smoke {
            guard let page = pages.page(path) else {
                throw Self.broken(
                    "\(path) is not in the release: it has no file "
                        + pages.names(path).map { "\"\($0)\"" }.joined(separator: " or "))
            }
            guard let wanted = contains else { continue }
            let text = String(decoding: try release.content(page), as: UTF8.self)
            if !text.contains(wanted) {
                throw Self.broken("\(path) (\(page.path)) does not hold \"\(wanted)\"")
            }
        }
    }

    private static func broken(_ cause: String) -> Failure {
        Failure("smoke-check", "a smoke check failed", cause: cause, run: .again)
    }

    package func switchOver(to folder: String, from before: LiveFolder) throws {
        try confirmLive(before)
        try root.replaceTopLink(Self.link, with: folder)
        try confirmLive(.folder(folder))
    }

    package func takeDown(_ folder: String) throws {
        try confirmLive(.folder(folder))
        try root.removeTopLink(Self.link)
    }

    /// Reads what the link is now.
    private func confirmLive(_ wanted: LiveFolder) throws {
        let found = try live()
        guard found != wanted else { return }
        throw Failure(
            "live-changed", "\"\(Self.link)\" was changed by somebody else",
            cause: "it should be \(Self.text(wanted)), and is \(Self.text(found))", run: .again)
    }

    private static func text(_ live: LiveFolder) -> String {
        switch live {
        case .none: "absent"
        case .folder(let name): "a link to \"\(name)\""
        case .foreign(let what): what
        }
    }

    package func serve() throws { try server?.serve() }

    package func fault(_ release: FolderRelease) throws -> String? {
        if let fault = server?.fault() { return fault }
        guard let address else { return nil }
        if let server {
            let health = SiteHealth.ask(server.markerAddress, timeout: 5, cancel: place.cancel)
            let manifest = release.manifest.digest.hex
            guard health.isGood(release: release.number, manifest: manifest) else {
                return health.complaint(release: release.number, manifest: manifest)
            }
        }
        return try pageFault(release, address)
    }

    /// What is wrong with the page that tells the site's health: its bytes must be those of the release.
    private func pageFault(_ release: FolderRelease, _ address: String) throws -> String? {
        let path = release.site.health.path
        let answer: HTTPResponse
        do throws(HTTPError) {
            answer = try HTTPClient().send(
                HTTPRequest(
                    .get, address + path.drop { $0 == "/" }, timeout: 10, bodyLimit: 32 << 20),
                cancel: place.cancel)
        } catch {
            // It would not come by waiting.
            if error.kind == .curlMissing { throw error }
            return error.description
        }
        guard answer.status == 200 else {
            return "\(path) answers with status \(answer.status), expected 200"
        }
        guard let page = StaticPages(release.manifest, folder: folder).page(path),
            Digest.of(answer.body) != page.digest
        else { return nil }
        return "\(path) does not answer with \"\(page.path)\" of release \(release.number)"
    }
}
