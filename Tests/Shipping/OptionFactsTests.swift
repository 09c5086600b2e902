import AWS
import DeployTargets
import FoundationEssentials
import PipelineModel
import Testing

@testable import Beanstalk

@Suite("What doctor says of an environment's settings")
struct OptionFactsTests {
    private func diagnoses(_ options: [(String, String, String)]) throws -> [Diagnosis] {
        let list = options.map { namespace, name, value in
            #"{"namespace": "\#(namespace)", "optionName": "\#(name)", "value": "\#(value)"}"#
        }
        let decoded = try JSONDecoder().decode(
            [BeanstalkOption].self, from: Data("[\(list.joined(separator: ","))]".utf8))
        return OptionFacts(options: decoded).diagnoses("live")
    }

    @Test("C33, C48: instances, security groups and who is notified, as they are set")
    func settings() throws {
        let found = try diagnoses([
            ("aws:ec2:instances", "InstanceTypes", "t3.small, t3.medium"),
            ("aws:autoscaling:launchconfiguration", "SecurityGroups", "sg-1,default"),
            ("aws:elasticbeanstalk:sns:topics", "Notification Endpoint", "lab@example.org"),
            ("aws:elasticbeanstalk:command", "Timeout", "1800"),
        ])
        #expect(
            found.map { "\($0.subject): \($0.found)" } == [
                "command timeout: 1800 s", "instances: t3.small, t3.medium",
                "security groups: sg-1,default", "told by mail: lab@example.org",
            ])
        #expect(found.allSatisfy { $0.state == .good })
    }

    @Test("C33: a command timeout that a large image does not fit into")
    func timeout() throws {
        let found = try diagnoses([("aws:elasticbeanstalk:command", "Timeout", "60")])
        #expect(found.map(\.state) == [.warning])
    }

    @Test("C42: an address that has not answered the mail of AWS")
    func subscriptions() throws {
        let found = try JSONDecoder().decode(
            [SNSSubscription].self,
            from: Data(
                """
                [{"subscriptionArn": "PendingConfirmation", "endpoint": "a@example.org"},
                 {"subscriptionArn": "arn:aws:sns:us-east-2:1:t:x", "endpoint": "b@example.org"}]
                """.utf8))
        #expect(found.filter(\.isPending).map(\.endpoint) == ["a@example.org"])
    }
}
