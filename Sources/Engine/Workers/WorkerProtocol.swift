import Failures
import FoundationEssentials
import PipelineModel
import PipelinePlanning

/// The lines that go to and from a worker: one JSON object each. `docs/reference/worker.md` is the
/// contract that workers are written against.
package enum WorkerProtocol {
    /// A request to run a unit or to name the values of an axis.
    static func request(id: Int64, unit: UnitSpec, outputs: [String], log: String) -> String {
        let parameters = CanonicalJSON.object(
            unit.parameters.map { (key: $0.key, value: $0.value.json) })
        var members = [
            (key: "id", value: String(id)),
            (key: "name", value: CanonicalJSON.string(unit.name)),
            (key: "parameters", value: parameters),
            (key: "inputs", value: CanonicalJSON.array(unit.inputs.map(CanonicalJSON.string))),
            (key: "log", value: CanonicalJSON.string(log)),
        ]
        switch unit.kind {
        case .axis(let function):
            members.append((key: "axis", value: CanonicalJSON.string(function)))
        case .worker(let function):
            members.append((key: "unit", value: CanonicalJSON.string(function)))
            members.append(
                (key: "outputs", value: CanonicalJSON.array(outputs.map(CanonicalJSON.string))))
        case .command: break
        }
        return CanonicalJSON.object(members)
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

        /// What the end of a plain command says: that it is done.
        ///
        /// - Parameter opened: the project's files that it was seen to open.
        package static func ofCommand(_ id: Int64, opened: [String] = []) -> Reply {
            Reply(
                id: id, ok: true, error: nil, loaded: opened.isEmpty ? nil : opened, read: nil,
                values: nil, metrics: nil)
        }

        /// The reply of a command as a worker would give it.
        package var line: String {
            CanonicalJSON.object([
                (key: "id", value: String(id)), (key: "ok", value: String(ok)),
                (
                    key: "loaded",
                    value: CanonicalJSON.array((loaded ?? []).map(CanonicalJSON.string))
                ),
            ])
        }
    }

    /// Reads an answer.
    ///
    /// - Parameter isUTF8: whether the line was; what was not is replaced in it.
    /// - Throws: `Failure`, which says what is wrong with it.
    package static func reply(_ line: String, isUTF8: Bool = true) throws -> Reply {
        let start = line.utf8.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard start == UInt8(ascii: "{") else { throw Failure.protocolError(line) }
        guard isUTF8 else { throw Failure.workerAnswer("it is not UTF-8", line) }
        let reply: Reply
        do {
            reply = try JSONDecoder().decode(Reply.self, from: Data(line.utf8))
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
        return CanonicalJSON.object(metrics.map { (key: $0.key, value: $0.value.value.json) })
    }

    /// The values of an axis as the ledger keeps them.
    static func json(_ values: [AxisValue]) -> String {
        CanonicalJSON.array(values.map(\.value.json))
    }
}
