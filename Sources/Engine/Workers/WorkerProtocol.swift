import Failures
import JSON
import PipelineModel
import PipelinePlanning

/// The lines that go to and from a worker: one JSON object each. `docs/reference/worker.md` is the
/// contract that workers are written against.
package enum WorkerProtocol {
    /// A request to run a unit or to name the values of an axis.
    static func request(id: Int64, unit: UnitSpec, outputs: [String], log: String) -> String {
        let parameters = JSONText.object(
            unit.parameters.map { (key: $0.key, value: $0.value.json) })
        var members = [
            (key: "id", value: String(id)),
            (key: "name", value: JSONText.quoted(unit.name)),
            (key: "parameters", value: parameters),
            (key: "inputs", value: JSONText.array(strings: unit.inputs)),
            (key: "log", value: JSONText.quoted(log)),
        ]
        switch unit.kind {
        case .axis(let function):
            members.append((key: "axis", value: JSONText.quoted(function)))
        case .worker(let function):
            members.append((key: "unit", value: JSONText.quoted(function)))
            members.append(
                (key: "outputs", value: JSONText.array(strings: outputs)))
        case .command: break
        }
        return JSONText.object(members)
    }

    /// An answer. What is optional may be missing.
    package struct Reply: Decodable, Sendable {
        package let id: Int64
        package let ok: Bool
        package let error: String?
        let loaded: [String]?
        let read: [String]?
        let values: [AxisValue]?
        let metrics: [String: AxisValue]?

        /// The reply for a plain command that has ended.
        ///
        /// - Parameter opened: the project's files that it was seen to open.
        package static func ofCommand(_ id: Int64, opened: [String] = []) -> Reply {
            Reply(
                id: id, ok: true, error: nil, loaded: opened.isEmpty ? nil : opened, read: nil,
                values: nil, metrics: nil)
        }

        /// The reply of a command as a worker would give it.
        package var line: String {
            JSONText.object([
                (key: "id", value: String(id)), (key: "ok", value: String(ok)),
                (
                    key: "loaded",
                    value: JSONText.array(strings: loaded ?? [])
                ),
            ])
        }
    }

    /// Reads an answer.
    ///
    /// - Parameter isUTF8: whether the line was; what was not is replaced in it.
    /// - Throws: `Failure`, with what is wrong with it.
    package static func reply(_ line: String, isUTF8: Bool = true) throws -> Reply {
        let start = line.utf8.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard start == UInt8(ascii: "{") else { throw Failure.protocolError(line) }
        guard isUTF8 else { throw Failure.workerAnswer("it is not UTF-8", line) }
        let reply: Reply
        do {
            reply = try JSONValue.decode(Reply.self, from: line.utf8)
        } catch DecodingError.keyNotFound(let key, _) {
            throw Failure.workerAnswer("it has no \"\(key.stringValue)\"", line)
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(
            _, let context)
        {
            let key = context.codingPath.first?.stringValue ?? "it"
            throw Failure.workerAnswer("\"\(key)\" is of another type than the protocol says", line)
        } catch {
            throw LoneSurrogates.occur(in: line)
                ? Failure.workerAnswer("a text in it has no UTF-8 form (a lone surrogate)", line)
                : Failure.protocolError(line)
        }
        if let twice = firstTwice(reply.values ?? []) {  // none where it is no axis
            throw Failure.workerAnswer("\"values\" holds \"\(twice)\" twice", line)
        }
        return reply
    }

    /// Values become parts of names: `1` and `"1"` are the same there.
    private static func firstTwice(_ values: [AxisValue]) -> String? {
        var seen: Set<String> = []
        return values.lazy.map(\.value.text).first {
            !seen.insert(SafeName.encode($0)).inserted
        }
    }

    /// What a worker measured, as the ledger keeps it; nil for nothing.
    static func json(_ metrics: [String: AxisValue]?) -> String? {
        guard let metrics, !metrics.isEmpty else { return nil }
        return JSONText.object(metrics.map { (key: $0.key, value: $0.value.value.json) })
    }

    /// The values of an axis as the ledger keeps them.
    static func json(_ values: [AxisValue]) -> String {
        JSONText.array(values.map(\.value.json))
    }
}
