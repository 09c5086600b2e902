import AWS
import FoundationEssentials
import TestServers
import Testing

/// Steps at AWS that are waited for in vain, each module's own, with the stand-in at the other end. How long
/// they wait is what the modules let others choose.
///
/// One after another: the stand-in is reported how to behave.
@Suite(.serialized, .enabled(if: AWSStandIn.isInstalled, "no stand-in"))
struct CloudStepTests {
    private static let shared = Result { try AWSStandIn() }
    let standIn: AWSStandIn
    /// Of one test alone.
    let name = "t" + UUID().uuidString.prefix(8).lowercased()

    init() throws {
        standIn = try Self.shared.get()
        try standIn.faults("[]")
        try standIn.world(
            #"{"ssm": {"online_after": 0, "visible_after": 0}, "elasticbeanstalk": {"logs_expire": false}}"#
        )
    }

    func client() throws -> AWSClient {
        var settings = AWSSettings(
            region: standIn.region, endpoint: AWSEndpoint(standIn.endpoint))
        settings.program = try standIn.program()
        return AWSClient(settings)
    }

    /// One word of what `aws` answers.
    func word(_ text: String) -> String { text.filter { !$0.isWhitespace && $0 != "\"" } }
}
