package import DeployTargets
import Digests
import Failures
import HTTP
import PipelineModel
import Posix
import SiteRuntime
import Slots
import Texts

/// A place whose releases are folders, of which the link `current`, or the origin path of a distribution, names one.
package struct StaticTarget: FolderTarget {
    private let place: FolderPlace
    /// What names the live release.
    private let current: any LiveSwitch
    /// Of the data that is the site; empty for all of it.
    private let folder: String
    private let server: FileServer?

    /// - Throws: where the place cannot have what names the live release.
    package init(_ place: FolderPlace) throws {
        self.place = place
        let options = place.environment.options
        let folder = options["folder"].map { $0 == "." ? "" : $0 } ?? ""
        self.folder = folder
        if options.has("cloudfront") {
            current = try CloudFrontOrigin(place, site: folder)
        } else if let root = place.root as? any LinkingTransport {
            current = LinkSwitch(root: root)
        } else {
            throw Failure.noLinks
        }
        server = place.mounted.flatMap { mounted in
            guard options.has("serve") else { return nil }
            return FileServer(
                folder: "\(place.folder)/server", port: options.integer("serve.port"),
                link: "\(mounted)/\(LinkSwitch.name)", site: folder)
        }
    }

    package var address: String? {
        if let server { return server.address }
        return place.environment.options["url"].map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    }

    package func live() throws -> LiveFolder { try current.live() }

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
        try current.change(from: before, to: .folder(folder))
    }

    package func takeDown(_ folder: String) throws {
        try current.change(from: .folder(folder), to: .none)
    }

    package func serve() throws {
        try server?.serve()
        try current.settle()
    }

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
