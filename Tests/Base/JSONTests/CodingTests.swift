import FoundationEssentials
import JSON
import Testing

struct CodingTests {
    private struct Sample: Codable, Equatable {
        enum Kind: String, Codable { case one, two }
        struct Part: Codable, Equatable {
            let size: UInt8
            let ratio: Float?
        }
        enum Choice: Codable, Equatable {
            case none
            case named(String, at: Int)
        }
        let name: String
        let kind: Kind
        let parts: [Part]
        let byName: [String: Part]
        let maybe: Int?
        let choice: Choice
        let large: UInt64
        let nested: [[Int16?]]
        let pair: [Bool: String]
    }

    private static let sample = Sample(
        name: "a\"é\u{1}/", kind: .two,
        parts: [.init(size: 255, ratio: 0.5), .init(size: 0, ratio: nil)],
        byName: ["a_b": .init(size: 1, ratio: 1.25)], maybe: nil, choice: .named("x", at: 3),
        large: 1 << 60, nested: [[1, nil], []], pair: [true: "yes"])

    @Test("values come back, also by way of Foundation")
    func thereAndBack() throws {
        let value = try JSONValue.encode(Self.sample)
        #expect(try JSONValue.decode(Sample.self, from: value.bytes) == Self.sample)
        #expect(try JSONDecoder().decode(Sample.self, from: Data(value.bytes)) == Self.sample)
        let other = try JSONEncoder().encode(Self.sample)
        #expect(try JSONValue.decode(Sample.self, from: other) == Self.sample)
        #expect(try JSONValue(parsing: other) == value)
    }

    @Test("names: members by snake case or a function; those of dictionaries are data")
    func names() throws {
        struct Answer: Decodable, Equatable {
            struct Inner: Decodable, Equatable { let fromWorker: Int }
            let outerName: [String: Inner]
        }
        let expected = Answer(outerName: ["as_is": .init(fromWorker: 1)])
        let snake = #"{"outer_name":{"as_is":{"from_worker":1}}}"#
        #expect(try JSONValue.decode(Answer.self, from: snake.utf8, names: .snakeCase) == expected)
        let capital = #"{"OuterName":{"as_is":{"FromWorker":1}}}"#
        let map: @Sendable (String) -> String = { $0.prefix(1).lowercased() + $0.dropFirst() }
        #expect(
            try JSONValue.decode(Answer.self, from: capital.utf8, names: .mapped(map)) == expected)
    }

    @Test("documents within values stay as they are")
    func documents() throws {
        struct Holder: Codable, Equatable {
            let any: JSONValue
            let none: JSONValue?
        }
        let text = #"{"any":{"Big_Name":[1,2.5,null]}}"#
        let held = try JSONValue.decode(Holder.self, from: text.utf8, names: .snakeCase)
        #expect(held.any["Big_Name"] == .array([1, .double(2.5), .null]))
        #expect(held.none == nil)
        #expect(try JSONValue.encode(held).text == text)
    }

    @Test("what does not fit says where")
    func faults() throws {
        func fault(_ text: String) -> DecodingError? {
            #expect(throws: DecodingError.self) {
                try JSONValue.decode([String: [Int8]].self, from: text.utf8)
            }
        }
        guard case .typeMismatch(_, let context) = fault(#"{"a":[1,"2"]}"#) else {
            Issue.record("another error")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["a", "Index 1"])
        guard case .dataCorrupted = fault(#"{"a":[128]}"#), case .dataCorrupted = fault("{"),
            case .dataCorrupted = fault(#"{"a":[1.5]}"#),
            case .valueNotFound = fault(#"{"a":[null]}"#)
        else {
            Issue.record("another error")
            return
        }
        struct Needs: Decodable { let must: Int }
        let error = #expect(throws: DecodingError.self) {
            try JSONValue.decode(Needs.self, from: "{}".utf8)
        }
        guard case .keyNotFound(let key, _) = error else {
            Issue.record("another error")
            return
        }
        #expect(key.stringValue == "must")
    }

    @Test("numbers that are not finite are not written")
    func notFinite() {
        #expect(throws: EncodingError.self) { try JSONValue.encode([Double.nan]) }
        #expect(throws: EncodingError.self) { try JSONValue.encode(Float.infinity) }
    }

    @Test("members stand in the order of their names' bytes; the three ways to escape")
    func text() {
        let value: JSONValue = [
            "b": 1, "B": .double(2.5), "é": .strings(["\n\u{85}", "\u{7F}"]),
        ]
        #expect(value.text == "{\"B\":2.5,\"b\":1,\"é\":[\"\\n\u{85}\",\"\\u007f\"]}")
        #expect(JSONText.quoted("\n\u{85}", .numbers) == "\"\\u000a\u{85}\"")
        #expect(JSONText.quoted("\t\u{85}\u{2028}", .yaml) == "\"\\u0009\\u0085\\u2028\"")
        #expect(
            value.indentedText()
                == "{\n  \"B\": 2.5,\n  \"b\": 1,\n  \"é\": [\n    \"\\n\u{85}\",\n    \"\\u007f\"\n  ]\n}\n"
        )
        #expect(
            JSONValue.array([.array([]), .object([:])]).indentedText() == "[\n  [],\n  {}\n]\n")
    }
}
