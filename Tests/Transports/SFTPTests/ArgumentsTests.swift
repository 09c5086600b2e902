import SFTP
import Testing

/// Whole command lines: an option more or less is noticed.
struct ArgumentsTests {
    private let always = [
        "-o", "BatchMode=yes", "-o", "ClearAllForwardings=yes", "-o", "ForwardAgent=no",
        "-o", "PermitLocalCommand=no", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15",
        "-o", "ServerAliveCountMax=3", "-o", "Ciphers=^aes128-gcm@openssh.com", "-o",
        "LogLevel=ERROR",
    ]
    private let pinned = [
        "-o", "UserKnownHostsFile=\"a %%h b\"", "-o", "GlobalKnownHostsFile=/dev/null",
        "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes",
    ]

    @Test func whatIsNotSetIsTheMatterOfTheConfiguration() {
        #expect(
            SSHTarget(host: "files").arguments()
                == ["ssh", "-x", "-a", "-T"] + always + ["-s", "--", "files", "sftp"])
    }

    @Test func aHostIsNeverAnOption() {
        let target = SSHTarget(
            host: "-oProxyCommand=x", port: 22, user: "efs", identity: "key", knownHosts: "a %h b")
        let tail = [
            "-i", "key", "-p", "22", "-l", "efs", "-s", "--", "-oProxyCommand=x", "sftp",
        ]
        let head = ["ssh", "-x", "-a", "-T"] + always + pinned
        #expect(target.arguments() == head + tail)
        #expect(
            target.arguments(.open(socket: "/s"))
                == head + ["-o", "ControlMaster=yes", "-o", "ControlPath=\"/s\""] + tail)
        #expect(
            target.arguments(.join(socket: "/s"))
                == head + ["-o", "ControlMaster=no", "-o", "ControlPath=\"/s\""] + tail)
    }
}
