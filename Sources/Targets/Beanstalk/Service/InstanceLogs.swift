import AWS
import DeployTargets
import HTTP
import Posix
import Processes

/// The ends of the logs of an environment's instances, which Beanstalk lets them send to a bucket.
///
/// The addresses that they are fetched from are signed, and never shown.
struct InstanceLogs {
    let client: AWSClient
    let environment: String
    /// Seconds between two looks, and until the first instance must have sent its log.
    var interval: Double = 3
    var patience: Double = 120

    init(client: AWSClient, environment: String) {
        self.client = client
        self.environment = environment
    }

    func ask(cancel: Cancellation?) throws -> [ServiceLog] {
        let before = Set(try client.logAddresses(environment: environment, cancel: cancel))
        _ = try client.run(.requestLogs(environment: environment), cancel: cancel)
        let began = MonotonicClock.nanoseconds()
        while true {
            let now = try client.logAddresses(environment: environment, cancel: cancel)
            let new = now.filter { !before.contains($0) }
            if !new.isEmpty { return try new.map { try fetch($0, cancel) } }
            if Double(MonotonicClock.nanoseconds() - began) / 1e9 >= patience {
                throw BeanstalkError.noLogs(environment: environment, seconds: Int(patience))
            }
            try AWSClient.pause(since: began, atMost: interval, cancel)
        }
    }

    private func fetch(_ log: BeanstalkLog, _ cancel: Cancellation?) throws -> ServiceLog {
        let name = log.ec2InstanceId ?? "?"
        let answer: HTTPResponse
        do throws(HTTPError) {
            answer = try HTTPClient().send(
                HTTPRequest(.get, log.message ?? "", bodyLimit: 64 << 20), cancel: cancel)
        } catch {
            // Its words hold the address.
            throw BeanstalkError.logNotFetched(instance: name, reason: nil)
        }
        guard answer.status == 200 else {
            throw BeanstalkError.logNotFetched(
                instance: name, reason: "its address answered \(answer.status)")
        }
        return ServiceLog(source: name, text: answer.text)
    }
}
