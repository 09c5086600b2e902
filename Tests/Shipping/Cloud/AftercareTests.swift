import DeployLocking
import DeployTargets
import Failures
import PipelineEngine
import Posix
import Processes
import Testing

@testable import PipelineShipping

/// What is done and reported once a deployment to AWS has failed.
@Suite("After a failed deployment to AWS")
struct AftercareTests {
    private static let before = "r1-a-0123456789ab"

    /// The error after a failure, and the host that was asked to go back.
    private static func ended(
        _ scratch: CloudScratch, _ host: FakeHost, patience: Double = 0,
        _ error: any Error = Failure("red", "it is red")
    ) -> any Error {
        Aftercare(
            context: scratch.context, session: scratch.session, cloud: scratch.cloud, host: host,
            patience: patience
        ).error(error, release: 2, version: "r2-b-0123456789ab", hasRun: true) { error }
    }

    @Test("who was stopped takes nothing back; a failure to go back is reported with what runs")
    func stopped() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                let host = FakeHost()
                host.failures["goBack"] = Failure("busy", "an update goes on")
                let text = Failure(of: Self.ended(scratch, host)).text
                #expect(text.contains("now it runs version x"), "\(text)")
                #expect(scratch.notes.contains { $0.contains("going back failed too") })

                // The lease was lost while it went back.
                host.failures["goBack"] = LeaseError.lost(by: "bob")
                #expect(Self.ended(scratch, host) as? LeaseError == .lost(by: "bob"))

                scratch.session.cancellation.cancel()
                let stopped = FakeHost()
                #expect(
                    Self.ended(scratch, stopped, ProcessError.interrupted) is ProcessError)
                #expect(stopped.steps == [])
            }
        }
    }

    @Test("that the earlier release answers is said only after it was asked")
    func answers() async {
        await #expect(processExitsWith: .success) {
            reporting {
                let scratch = try CloudScratch()
                let host = FakeHost()
                host.aftermath = .before(Self.before)
                #expect(try scratch.version() == nil)
                var text = Failure(of: Self.ended(scratch, host)).text
                #expect(
                    text.contains("The environment runs version \(Self.before) again"), "\(text)")

                // Asked again: the address is known by now, and nobody answers there.
                let described = "elasticbeanstalk.describe-environments"
                try scratch.answer(
                    described, CloudScratch.described(Self.before, at: "127.0.0.1:1"))
                text = Failure(of: Self.ended(scratch, host)).text
                #expect(text.contains("did not answer as it within 0 s"), "\(text)")

                try scratch.write("site/health", "{\"release\": 1}")
                let server = try ChildProcess(
                    ProcessCommand(
                        ["python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"],
                        directory: "\(scratch.root)/site"), standardOutput: .pipe,
                    standardError: .null)
                defer { server.terminate(grace: 0) }
                let line = String(
                    decoding: try Descriptors.read(server.standardOutput ?? -1, upTo: 200),
                    as: UTF8.self)
                let port = line.split(separator: " ").drop { $0 != "port" }.dropFirst().first ?? ""
                try scratch.answer(
                    described, CloudScratch.described(Self.before, at: "127.0.0.1:\(port)"))
                text = Failure(of: Self.ended(scratch, host)).text
                #expect(text.contains("Release 1 goes on answering"), "\(text)")
                try scratch.write("site/health", "{\"release\": 2}")
                text = Failure(of: Self.ended(scratch, host)).text
                #expect(text.contains("did not answer as it within 0 s"), "\(text)")
            }
        }
    }
}
