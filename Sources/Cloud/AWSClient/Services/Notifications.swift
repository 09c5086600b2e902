/// Alarms and who is notified of them: looked at, never changed.
package struct CloudWatchAlarm: Hashable, Sendable, Decodable {
    package let alarmName: String
    package let stateValue: String?
}

package struct SNSSubscription: Hashable, Sendable, Decodable {
    package let endpoint: String?
    package let subscriptionArn: String?

    /// Until its owner has answered the mail.
    package var isPending: Bool { subscriptionArn == "PendingConfirmation" }
}

extension AWSCall {
    package static func alarms() -> AWSCall { AWSCall("cloudwatch", "describe-alarms") }

    package static func subscriptions(topic: String) -> AWSCall {
        AWSCall("sns", "list-subscriptions-by-topic", ["--topic-arn", topic])
    }
}

extension AWSClient {
    package func alarms() throws(AWSError) -> [CloudWatchAlarm] {
        struct Answer: Decodable { let metricAlarms: [CloudWatchAlarm]? }
        let answer: Answer = try ask(.alarms())
        return answer.metricAlarms ?? []
    }

    package func subscriptions(topic: String) throws(AWSError) -> [SNSSubscription] {
        struct Answer: Decodable { let subscriptions: [SNSSubscription]? }
        let answer: Answer = try ask(.subscriptions(topic: topic))
        return answer.subscriptions ?? []
    }
}
