import AWS
import JSON
import Processes
import Synchronization

/// Task definitions by their full names. A revision never changes, so each is asked for once.
final class TaskDefinitions: Sendable {
    private let known = Mutex<[String: JSONValue]>([:])

    func get(_ name: String, from client: AWSClient, cancel: Cancellation?) throws -> JSONValue {
        if let found = known.withLock({ $0[name] }) { return found }
        let found = try client.definition(name, cancel: cancel)
        known.withLock { $0[name] = found }
        return found
    }
}

extension AWSClient {
    /// A task definition as ECS returns it; its maps keep their keys as they are.
    ///
    /// - Parameter name: a full name, or that of a family for its newest revision.
    func definition(_ name: String, cancel: Cancellation?) throws -> JSONValue {
        let call = AWSCall.taskDefinition(name)
        let output: [UInt8]
        do { output = try run(call, cancel: cancel) } catch { throw ServiceError.aws(error) }
        let answer = try? JSONValue(parsing: output)  // try?: none in it is an error, below
        guard var found = answer?["taskDefinition"] else {
            throw ServiceError.aws(
                .unreadable(call: call.name, detail: "it has no \"taskDefinition\""))
        }
        // Told beside it, and registered as a part of it; an empty list is refused.
        if let tags = answer?["tags"], !tags.elements.isEmpty { found["tags"] = tags }
        return found
    }
}
