import Posix
import SiteRuntime

/// nginx on a port of this machine, which serves the folder that a link leads to. It follows the link at each request, so
/// that a switch needs no reload.
struct FileServer {
    private let nginx: NginxServer
    /// The link to the live release, absolute.
    private let link: String
    /// The folder below it that is the site; empty for all of it.
    private let site: String

    init(folder: String, port: Int, link: String, site: String) {
        nginx = NginxServer(folder: folder, port: port)
        self.link = link
        self.site = site
    }

    var address: String { "http://127.0.0.1:\(nginx.port)/" }

    /// Where the marker of the live release can be read, which lies beside the site.
    var markerAddress: String { address + ".pipeline-release.json" }

    /// - Throws: `SiteRuntimeError.portHeld` where somebody else listens at the port.
    func refuseForeign() throws { try nginx.refuseForeign() }

    /// Starts nginx, or has it take a changed configuration; nothing where it runs with this one.
    func serve() throws {
        try refuseForeign()
        try FileSystem.createDirectories(nginx.folder)
        let (file, text) = ("\(nginx.folder)/nginx.conf", configuration)
        let isSame = try FileSystem.status(file) != nil && FileSystem.readText(file) == text
        if isSame, nginx.state() == .running { return }
        try FileSystem.writeAtomically(Array(text.utf8), to: file)
        try nginx.apply()
    }

    /// Why nobody serves, as far as processes and ports show it; nil where nginx runs.
    func fault() -> String? {
        switch nginx.state() {
        case .running: nil
        case .absent: "nginx does not run"
        case .orphaned: "nginx has lost its master process: it answers, and takes no change"
        case .foreign(let holder): "port \(nginx.port) is held by \(holder), not by this nginx"
        }
    }

    var configuration: String {
        """
        \(nginx.head())
        events { worker_connections 512; }
        http {
        \(nginx.paths)
          default_type application/octet-stream;
          charset utf-8;
          \(Self.types)
          server {
            listen 127.0.0.1:\(nginx.port);
            root \(NginxServer.quoted(link + (site.isEmpty ? "" : "/" + site)));
            index index.html;
            absolute_redirect off;
            error_page 404 /404.html;
            # A browser asks again each time, so that it never shows pages of two releases.
            add_header Cache-Control no-cache;
            location = /.pipeline-release.json {
              alias \(NginxServer.quoted(link + "/.pipeline-release.json"));
              default_type application/json;
            }
            location ~ /\\.pipeline- { return 404; }
          }
        }

        """
    }

    /// What files are, by their endings: as in nginx's own table, with what sites of data hold.
    private static let types = """
        types {
            text/html html htm; text/css css; text/javascript js mjs; text/plain txt log md; text/csv csv tsv;
            application/json json map geojson; application/xml xml rss atom; application/pdf pdf;
            application/wasm wasm; application/zip zip; application/manifest+json webmanifest;
            image/svg+xml svg; image/png png; image/jpeg jpg jpeg; image/gif gif; image/webp webp;
            image/avif avif; image/x-icon ico; font/woff2 woff2; font/woff woff; font/ttf ttf; font/otf otf;
            video/mp4 mp4; video/webm webm; audio/mpeg mp3;
          }
        """
}
