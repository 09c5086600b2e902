import Processes
import Testing

@testable import SFTP

/// The decisions that a client takes by numbers alone.
struct ControlTests {
    /// Runs a line of so many bytes a second and so much delay until the window settles.
    private func settle(rate: Double, delay: Double, rounds: Int = 400) -> WindowControl {
        var control = WindowControl()
        var now: Int64 = 0
        for _ in 0..<rounds {
            // Within a round trip at most a window passes, and never more than the line carries.
            let window = control.window
            let seconds = max(delay, Double(window) / rate)
            for _ in 0..<8 {
                now += Int64(seconds / 8 * 1e9)
                control.acknowledge(window / 8, now: now)
            }
        }
        return control
    }

    @Test func theWindowGrowsOnALongLineAndStaysOnAShortOne() {
        #expect(settle(rate: 1e9, delay: 0.1).window == WindowControl.largest)
        #expect(settle(rate: 100e6, delay: 0.001).window <= 8 << 20)
        // A line that takes seconds for a window gets smaller ones, down to a floor.
        #expect(settle(rate: 50_000, delay: 0.03).window == WindowControl.smallest)
    }

    @Test func theWindowIsNotWornDownByTime() {
        #expect(settle(rate: 50e6, delay: 0.08, rounds: 3000).window >= 2 << 20)
    }

    @Test func aLimitHoldsBytesBackForAsLongAsItMust() {
        var limit = RateLimit(rate: 1_000_000, now: 0)
        var may = limit.mayLeave(now: 0)
        #expect(may)
        limit.leave(500_000)
        may = limit.mayLeave(now: 100_000_000)
        #expect(!may)
        #expect(limit.waitMs == 401)
        may = limit.mayLeave(now: 600_000_000)
        #expect(may)
        // A pause is no credit for a burst: a tenth of a second at most.
        may = limit.mayLeave(now: 60_000_000_000)
        #expect(may)
        limit.leave(200_000)
        may = limit.mayLeave(now: 60_000_000_000)
        #expect(!may)
    }

    @Test func piecesThatWereLostAreSentAgainAndOnlyThey() throws {
        var pieces = UploadPieces(size: 100, acknowledged: 0)
        let session = try Session(ProcessCommand(["cat"]))
        defer { session.pipes.kill() }
        let (one, two) = (UploadStrand(session), UploadStrand(session))
        func send(_ strand: UploadStrand) -> UploadPieces.Piece? {
            guard let piece = pieces.next(upTo: 30) else { return nil }
            pieces.sent(piece, by: strand)
            return piece
        }
        let sent = [send(one), send(two), send(one), send(two)].compactMap { $0 }
        #expect(sent.map(\.offset) == [0, 30, 60, 90])
        #expect(pieces.isSent)
        pieces.answered(sent[1], by: two, isGood: true)
        #expect(pieces.acknowledged == 0)
        pieces.answered(sent[0], by: one, isGood: true)
        #expect(pieces.acknowledged == 60)
        pieces.lose(one)
        #expect(!pieces.isSent)
        let again = send(two)
        #expect(again == UploadPieces.Piece(offset: 60, length: 30))
        pieces.answered(sent[3], by: two, isGood: true)
        #expect(pieces.acknowledged == 60)
        // An answer that comes late from the session that is gone counts for nothing.
        pieces.answered(sent[2], by: one, isGood: true)
        #expect(pieces.acknowledged == 60)
        pieces.answered(.init(offset: 60, length: 30), by: two, isGood: true)
        #expect(pieces.acknowledged == 100)
        #expect(pieces.isIdle)
    }

    @Test func theCommandLineNamesWhatIsSetAndNothingElse() {
        let plain = SSHTarget(host: "files").arguments()
        #expect(plain.prefix(4) == ["ssh", "-x", "-a", "-T"])
        #expect(plain.suffix(4) == ["-s", "--", "files", "sftp"])
        #expect(plain.contains("BatchMode=yes"))
        #expect(!plain.contains { $0.hasPrefix("UserKnownHostsFile") || $0 == "-p" || $0 == "-l" })
        let full = SSHTarget(
            host: "-oProxyCommand=x", port: 22, user: "efs", identity: "key", knownHosts: "a %h b"
        ).arguments(.join(socket: "/s"))
        #expect(full.suffix(4) == ["-s", "--", "-oProxyCommand=x", "sftp"])
        for option in [
            "UserKnownHostsFile=\"a %%h b\"", "GlobalKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=yes", "IdentitiesOnly=yes", "ForwardAgent=no",
            "ControlMaster=no", "ControlPath=\"/s\"",
        ] {
            #expect(full.contains(option), "\(option)")
        }
        #expect(zip(full, full.dropFirst()).contains { $0 == ("-l", "efs") })
    }
}
