import Digests
import JSON
import PipelinePlanning

/// Why a file of the history is no segment.
package enum SegmentError: Error, Hashable, CustomStringConvertible {
    /// A newer version of this program wrote it.
    case newer(format: Int64)
    /// The number of the line, from 1.
    case damaged(line: Int)
    /// It ends before its end: it was cut off.
    case cutOff

    package var description: String {
        switch self {
        case .newer(let format):
            "a newer version of this program wrote it (format \(format))"
        case .damaged(let line): "line \(line) is damaged"
        case .cutOff: "its end is missing"
        }
    }
}

extension HistorySegment {
    /// Reads all of a segment. Lines of a kind that this version does not know are left out: a later version may add some.
    package init(parsing bytes: [UInt8]) throws(SegmentError) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.popLast()?.isEmpty == true, lines.count >= 2 else { throw .cutOff }
        let values = lines
        guard let first = values.first, let head = Self.head(first) else { throw .damaged(line: 1) }
        guard head.format <= Self.format else { throw .newer(format: head.format) }
        guard let parsed = head.head else { throw .damaged(line: 1) }
        self.init(head: parsed)
        guard let last = values.last, Self.end(last) == Int64(values.count - 1) else {
            throw .cutOff
        }
        for (index, line) in values.enumerated().dropFirst().dropLast() {
            guard take(line) else { throw .damaged(line: index + 1) }
        }
    }

    private static func head(_ line: ArraySlice<UInt8>) -> (format: Int64, head: Head?)? {
        guard let value = parsed(line), let format = value["format"]?.wholeNumber else {
            return nil
        }
        guard let archive = value["archive"]?.string, let writer = value["writer"]?.string,
            let number = value.amount("number"), let made = value.amount("made"),
            let author = Author(value["author"]), let platform = Platform(value["platform"])
        else { return (format, nil) }
        let previous = value["previous"]?.string
        let digest = previous.flatMap { Digest(hex: $0) }
        guard (previous == nil) == (digest == nil) else { return (format, nil) }
        return (
            format,
            Head(
                archive: archive, name: SegmentName(writer: writer, number: number),
                previous: digest, madeMs: made, author: author,
                platform: platform)
        )
    }

    private static func end(_ line: ArraySlice<UInt8>) -> Int64? {
        parsed(line)?["end"]?.wholeNumber
    }

    private static func parsed(_ line: ArraySlice<UInt8>) -> JSONValue? {
        try? JSONValue(parsing: line)  // try?: the caller reports which line is damaged
    }

    private static let setStart = Array("{\"set\":".utf8)

    /// - Returns: false where the line is damaged.
    private mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts(with: Self.setStart), line.last == UInt8(ascii: "}") {
            let text = line.dropFirst(Self.setStart.count).dropLast()
            guard let set = ComponentSet(parsing: String(decoding: text, as: UTF8.self)) else {
                return false
            }
            sets.append(set)
            return true
        }
        guard let members = Self.parsed(line)?.object, let (kind, value) = members.first else {
            return false
        }
        switch kind {
        case "object": return Self.append(ArchivedObject(value), to: &objects)
        case "result": return Self.append(ArchivedResult(value), to: &results)
        case "release": return Self.append(ArchivedRelease(value), to: &releases)
        case "deployment": return Self.append(ArchivedDeployment(value), to: &deployments)
        case "pin": return Self.append(ArchivedPin(value), to: &pins)
        case "program":
            guard let digest = value.digest("digest"), let version = value["version"]?.string else {
                return false
            }
            programs[digest] = version
            return true
        case "removed": return Self.append(value.string, to: &removed)
        default: return true
        }
    }

    private static func append<Thing>(_ thing: Thing?, to things: inout [Thing]) -> Bool {
        guard let thing else { return false }
        things.append(thing)
        return true
    }
}

extension JSONValue {
    fileprivate func digest(_ name: String) -> Digest? {
        self[name]?.string.flatMap { Digest(hex: $0) }
    }

    /// Bytes, milliseconds, a time or a number; nil for what none of these can be. Anybody may have written it, and sums are made of it.
    fileprivate func amount(_ name: String) -> Int64? {
        self[name]?.wholeNumber.flatMap { (0...Self.mostOfAnything).contains($0) ? $0 : nil }
    }

    /// 16 TiB, or a time in the year 2527.
    private static let mostOfAnything: Int64 = 1 << 44

    /// A path that leads to a place below where it is taken from; nil for any other text.
    fileprivate func path(_ name: String) -> String? {
        guard let text = self[name]?.string, !text.utf8.contains(0) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.contains { ["", ".", ".."].contains($0) } ? nil : text
    }
}

extension Author {
    fileprivate init?(_ value: JSONValue?) {
        guard let user = value?["user"]?.string, let host = value?["host"]?.string else {
            return nil
        }
        self.init(user: user, host: host)
    }
}

extension Platform {
    fileprivate init?(_ value: JSONValue?) {
        guard let system = value?["system"]?.string, let library = value?["library"]?.string,
            let processor = value?["processor"]?.string
        else { return nil }
        self.init(system: system, library: library, processor: processor)
    }
}

extension ArchivedObject {
    fileprivate init?(_ value: JSONValue) {
        guard let digest = value.digest("digest"), let size = value.amount("size"),
            let path = value.path("path")
        else { return nil }
        let offset = value.amount("offset")
        guard (offset == nil) == (value["offset"]?.wholeNumber == nil) else { return nil }
        self.init(digest: digest, size: size, path: path, offset: offset)
    }
}

extension ArchivedResult {
    fileprivate init?(_ value: JSONValue) {
        guard let unit = value["unit"]?.string, let stage = value["stage"]?.string,
            let recipe = value.digest("recipe"), let code = value.digest("code"),
            let inputs = value.digest("inputs"), let reads = value.digest("reads"),
            let milliseconds = value.amount("milliseconds"),
            let made = value.amount("made"), let author = Author(value["author"]),
            let listed = value["outputs"]?.array
        else { return nil }
        let outputs = listed.compactMap(OutputRecord.init(archived:))
        guard outputs.count == listed.count else { return nil }
        self.init(
            unit: unit, stage: stage, recipe: recipe, code: code, inputs: inputs, reads: reads,
            outputs: outputs, axisValues: value["values"]?.string, milliseconds: milliseconds,
            madeMs: made, author: author, commit: value["commit"]?.string)
    }
}

extension OutputRecord {
    fileprivate init?(archived value: JSONValue) {
        guard let path = value.path("path"), let digest = value.digest("digest"),
            let size = value.amount("size"),
            let form = value["form"]?.string.flatMap(Form.init)
        else { return nil }
        self.init(path: path, digest: digest, size: size, form: form)
    }
}

extension ArchivedRelease {
    fileprivate init?(_ value: JSONValue) {
        guard let environment = value["environment"]?.string,
            let number = value.amount("number"), let manifest = value.digest("manifest"),
            let settings = value["settings"]?.string, let created = value.amount("created"),
            let author = Author(value["author"])
        else { return nil }
        self.init(
            environment: environment, number: number, image: value["image"]?.string,
            code: value.digest("code"), manifest: manifest, bundle: value.digest("bundle"),
            settings: settings, commit: value["commit"]?.string, createdMs: created, author: author)
    }
}

extension ArchivedDeployment {
    fileprivate init?(_ value: JSONValue) {
        guard let environment = value["environment"]?.string,
            let release = value.amount("release"), let kind = value["kind"]?.string,
            let outcome = value["outcome"]?.string, let started = value.amount("started"),
            let ended = value.amount("ended"), let author = Author(value["author"])
        else { return nil }
        self.init(
            environment: environment, release: release, kind: kind,
            replaces: value.amount("replaces"), outcome: outcome,
            slot: value["slot"]?.string, version: value["version"]?.string, startedMs: started,
            endedMs: ended, message: value["message"]?.string, author: author,
            machine: value["machine"]?.string)
    }
}

extension ArchivedPin {
    fileprivate init?(_ value: JSONValue) {
        guard let environment = value["environment"]?.string,
            let release = value.amount("release"), let name = value["name"]?.string,
            case .bool(let isKept)? = value["kept"]
        else { return nil }
        self.init(environment: environment, release: release, name: name, isKept: isKept)
    }
}
