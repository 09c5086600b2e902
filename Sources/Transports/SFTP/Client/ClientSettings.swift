package import Processes

/// How a client reaches its server, and how hard it tries.
package struct ClientSettings: Sendable {
    /// Carries a session on its standard input and output.
    package enum Carrier: Sendable {
        case program(ProcessCommand)
        case ssh(SSHTarget)
    }

    package var carrier: Carrier
    /// The server's name in messages.
    package var host: String
    /// The most connections side by side. One more is worth its handshake only for large work, but then
    /// it also stands by when another is lost.
    package var connections = 2
    /// The most sessions on one connection, at most 10 (sshd_config(5), MaxSessions; AWS Transfer
    /// Family has the same limit).
    package var sessions = 4
    /// Bytes of data a second; nil for as many as there can be.
    package var bandwidth: Int64?
    /// Seconds without any answer after which it stops trying to come back.
    package var retryFor = 120.0
    /// Seconds that a single answer may take.
    package var patience = 60.0
    /// Seconds in which next to nothing that several sessions sent is acknowledged before one takes over.
    package var stallAfter = 10.0
    /// Where a session that works is left for others, and taken from; nil for sessions of the client's own.
    package var idle: IdleSessions?
    /// Seconds that the first answer in such a session may take; then there is a login as without it.
    package var idlePatience = 5.0
    /// What an earlier client found out about the server.
    package var limits: Set<ServerLimit> = []
    /// Told once of each limit that was found, after it has helped.
    package var onLimit: (@Sendable (ServerLimit) -> Void)?
    /// Ends every wait for a server that does not answer, also in operations that are not broken off otherwise.
    package var cancel: Cancellation?
    /// Seconds that such an operation has to end by itself once it was cancelled.
    package var cancelPatience = 1.0

    /// Asked when a connection that was lost does not come back: why it never will; nil for as long as it
    /// may.
    package var absence: (@Sendable () -> String?)?

    var manualCommand: String {
        if case .ssh(let target) = carrier { return target.manualCommand }
        return ""
    }

    package init(command: ProcessCommand, host: String) {
        carrier = .program(command)
        self.host = host
    }

    package init(_ target: SSHTarget) {
        carrier = .ssh(target)
        host = target.host
    }
}
