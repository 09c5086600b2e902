import Posix
import Texts

/// How a front treats requests.
package struct FrontSettings: Hashable, Sendable {
    /// Seconds for which requests that are under way at a switch may go on.
    package var drain: Double
    /// Bytes that a request's body may have; nil for what the site's own nginx files say, else nginx's 1 MiB.
    package var bodySize: Int64?
    /// Seconds without a byte after which a request is given up; nil for what the site's own nginx files say, else 120.
    package var timeout: Double?

    package init(drain: Double = 120, bodySize: Int64? = nil, timeout: Double? = nil) {
        self.drain = drain
        self.bodySize = bodySize
        self.timeout = timeout
    }
}

/// The text of nginx.conf for a front.
struct FrontConfiguration {
    let folder: String
    let port: Int
    /// A folder of `*.conf` that the site brings along, as Beanstalk includes it.
    let extensions: String?
    let settings: FrontSettings
    /// What the files of `extensions` say, to leave to them what they set.
    let extensionsText: String
    let isRoot: Bool

    private var server: NginxServer { NginxServer(folder: folder, port: port) }

    var text: String {
        """
        \(server.head(isRoot: isRoot))
        worker_shutdown_timeout \(Self.seconds(settings.drain));
        events { worker_connections 512; }
        http {
        \(server.paths)
          default_type application/octet-stream;
          map $http_upgrade $pipeline_connection { default upgrade; '' ''; }
          map $http_x_forwarded_proto $pipeline_proto { default $http_x_forwarded_proto; '' $scheme; }
          map $http_x_forwarded_port $pipeline_port { default $http_x_forwarded_port; '' $server_port; }
          include \(NginxServer.quoted("\(folder)/upstream.conf"));
          \(extensions.map { "include \(NginxServer.quoted("\($0)/*.conf"));" } ?? "")
          \(defaultTimeout)
          server {
            listen 127.0.0.1:\(port);
            \(settings.bodySize.map { "client_max_body_size \($0);" } ?? "")
            location / {
              proxy_pass http://site;
              proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection $pipeline_connection;
              proxy_set_header Host $http_host;
              proxy_set_header X-Real-IP $remote_addr;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $pipeline_proto;
              proxy_set_header X-Forwarded-Port $pipeline_port;
              proxy_set_header X-Forwarded-Host $http_host;
              \(timeouts.joined(separator: " "))
            }
          }
        }

        """
    }

    /// The one instance that requests go to.
    static func upstream(_ target: Int) -> String {
        "upstream site { server 127.0.0.1:\(target); keepalive 8; }\n"
    }

    /// The port in what `upstream` wrote; nil for any other text.
    static func target(in upstream: String) -> Int? {
        guard let start = upstream.firstRange(of: "server 127.0.0.1:")?.upperBound else {
            return nil
        }
        let digits = upstream[start...].prefix { $0.isNumber }
        return upstream[digits.endIndex...].hasPrefix(";") ? Int(digits) : nil
    }

    private var timeouts: [String] {
        settings.timeout.map {
            ["proxy_read_timeout \(Self.seconds($0));", "proxy_send_timeout \(Self.seconds($0));"]
        } ?? []
    }

    /// A directive may stand once in a context.
    private var defaultTimeout: String {
        let isSet = settings.timeout != nil || extensionsText.contains("proxy_read_timeout")
        return isSet ? "" : "proxy_read_timeout 120s;"
    }

    /// Whole milliseconds: nginx takes no fractions.
    private static func seconds(_ value: Double) -> String {
        "\(max(1, Int((value * 1000).rounded())))ms"
    }
}
