import Testing

@testable import SiteRuntime

/// What a site's process inherits.
@Suite struct SiteEnvironmentTests {
    @Test("nothing of the operator's but what every program needs")
    func neutral() {
        let changes = SiteEnvironment.changes(
            ["MODE": "test", "HOME": "/srv"],
            inherited: [
                "PATH": "/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "LANG": "C",
                "AWS_SECRET_ACCESS_KEY": "canary", "AWS_PROFILE": "x", "GITHUB_TOKEN": "canary",
                "SSH_AUTH_SOCK": "/tmp/s", "HTTPS_PROXY": "http://u:canary@p", "MODE": "operator",
            ])
        for name in [
            "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "HTTPS_PROXY",
        ] {
            #expect(changes[name] == .some(nil), "\(name) is taken away")
        }
        for name in ["PATH", "LC_ALL", "LANG"] { #expect(changes[name] == nil, "\(name) stays") }
        #expect(changes["MODE"] == "test")
        #expect(changes["HOME"] == "/srv")
    }
}

/// The text of nginx.conf, and the file that names the live instance.
@Suite struct FrontConfigurationTests {
    private func text(_ settings: FrontSettings, own: String = "") -> String {
        FrontConfiguration(
            folder: "/p/front", port: 80, extensions: own.isEmpty ? nil : "/p/conf.d",
            settings: settings, extensionsText: own, isRoot: false
        ).text
    }

    @Test("settings reach it, and what the site's files set is left to them")
    func settings() {
        let plain = text(FrontSettings())
        #expect(plain.contains("worker_shutdown_timeout 120000ms;"))
        #expect(plain.contains("proxy_read_timeout 120s;"))
        #expect(!plain.contains("client_max_body_size"))
        let own = text(FrontSettings(), own: "proxy_read_timeout 300s;")
        #expect(!own.contains("proxy_read_timeout"))
        #expect(own.contains("include \"/p/conf.d/*.conf\";"))
        let set = text(FrontSettings(drain: 1.5, bodySize: 4096, timeout: 9), own: "x")
        #expect(set.contains("worker_shutdown_timeout 1500ms;"))
        #expect(set.contains("client_max_body_size 4096;"))
        #expect(set.contains("proxy_read_timeout 9000ms; proxy_send_timeout 9000ms;"))
    }

    @Test("the live instance is read from nothing but what was written")
    func target() {
        #expect(FrontConfiguration.target(in: FrontConfiguration.upstream(20123)) == 20123)
        for text in [
            "", "upstream site {", "upstream site { server 127.0.0.1:", "server 127.0.0.1:2012",
            "server 127.0.0.1:x;", "server 10.0.0.1:80;",
        ] {
            #expect(FrontConfiguration.target(in: text) == nil, "\(text)")
        }
    }
}
