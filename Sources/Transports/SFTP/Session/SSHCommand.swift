/// How a server is reached. Everything that is not set here is left to ssh_config(5).
package struct SSHTarget: Hashable, Sendable {
    /// A host, or an alias of ssh_config(5).
    package var host: String
    package var port: Int?
    package var user: String?
    /// The file of the private key.
    package var identity: String?
    /// The file with the keys of the host; where set, no other key is accepted.
    package var knownHosts: String?

    package init(
        host: String, port: Int? = nil, user: String? = nil, identity: String? = nil,
        knownHosts: String? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.identity = identity
        self.knownHosts = knownHosts
    }

    /// The same login for a person who wants to see what is wrong.
    package var manualCommand: String {
        var words = ["sftp", "-v"]
        if let port { words += ["-P", "\(port)"] }
        if let identity { words += ["-i", identity] }
        return (words + [(user.map { "\($0)@" } ?? "") + host]).joined(separator: " ")
    }

    /// Several sessions over one connection (ssh_config(5), ControlMaster): a session has a window of
    /// its own, and only the first one pays for the handshake.
    package enum Sharing: Hashable, Sendable {
        case none
        case open(socket: String)
        case join(socket: String)
    }

    /// The command line of a session: ssh(1) with the subsystem `sftp`.
    ///
    /// It never asks a person, forwards nothing, notices a dead peer within 45 s, and names the fastest
    /// cipher of machines with AES instructions first, without taking any other away.
    package func arguments(_ sharing: Sharing = .none) -> [String] {
        var words = ["ssh", "-x", "-a", "-T"]
        var options = [
            "BatchMode=yes", "ClearAllForwardings=yes", "ForwardAgent=no", "PermitLocalCommand=no",
            "ConnectTimeout=20", "ServerAliveInterval=15", "ServerAliveCountMax=3",
            "Ciphers=^aes128-gcm@openssh.com", "LogLevel=ERROR",
        ]
        if let knownHosts {
            options += [
                "UserKnownHostsFile=\(quoted(knownHosts))", "GlobalKnownHostsFile=/dev/null",
                "StrictHostKeyChecking=yes",
            ]
        }
        if identity != nil { options.append("IdentitiesOnly=yes") }
        switch sharing {
        case .none: break
        case .open(let socket): options += ["ControlMaster=yes", "ControlPath=\(quoted(socket))"]
        case .join(let socket): options += ["ControlMaster=no", "ControlPath=\(quoted(socket))"]
        }
        for option in options { words += ["-o", option] }
        if let identity { words += ["-i", identity] }
        if let port { words += ["-p", "\(port)"] }
        if let user { words += ["-l", user] }
        // What follows is never an option, whatever the host is called.
        return words + ["-s", "--", host, "sftp"]
    }

    // ssh_config(5): arguments may be quoted to hold blanks; `%` begins a token.
    private func quoted(_ path: String) -> String {
        "\"" + path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
            + "\""
    }
}
