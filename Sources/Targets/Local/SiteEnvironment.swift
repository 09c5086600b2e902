import Posix

/// What a site's process inherits: nothing of the operator's but what every program needs. Keys of AWS, tokens and
/// addresses of databases stay with the operator, as they do where a site runs in a container.
enum SiteEnvironment {
    private static let neutral: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR",
    ]

    static func isNeutral(_ name: String) -> Bool {
        neutral.contains(name) || name.hasPrefix("LC_")
    }

    /// Changes to this process's environment that leave the neutral part of it and `own`.
    static func changes(
        _ own: [String: String], inherited: [String: String] = Environment.all
    ) -> [String: String?] {
        var changes: [String: String?] = [:]
        for name in inherited.keys where !isNeutral(name) { changes[name] = .some(nil) }
        for (name, value) in own { changes[name] = value }
        return changes
    }
}
