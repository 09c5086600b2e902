import FoundationEssentials
import JSON
import Testing

struct ParsingTests {
    @Test(
        "documents of RFC 8259, with white space",
        arguments: [
            ("null", JSONValue.null), (" true\n", .bool(true)), ("\t-0", 0),
            ("9223372036854775807", .int(Int64.max)), ("-9223372036854775808", .int(Int64.min)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("1.5e-3", .double(0.0015)), ("10", 10), ("2E2", .double(200)),
            (#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, .string("\"\\/\u{8}\u{C}\n\r\té😀é")),
            ("[ ]", .array([])), ("{ }", .object([:])),
            ("[1,[2,{\"a\":null}]]", .array([1, .array([2, ["a": .null]])])),
            ("{\"a\":1 , \"a\":2}", ["a": 2]), ("{\"\":\"\"}", ["": .string("")]),
        ] as [(String, JSONValue)])
    func accepted(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: value.text) == value)
        #expect(try JSONValue(parsing: value.indentedText()) == value)
    }

    @Test(
        "what is no JSON, and where",
        arguments: [
            ("", 0), ("  ", 2), ("nul", 0), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5),
            ("{a:1}", 1),
            ("{\"a\":1,}", 7), ("01", 2), ("-", 1), ("1.", 2), (".5", 0), ("1e", 2), ("+1", 0),
            ("\"a", 2), ("\"\\x\"", 3), ("\"\\ud800\"", 7), ("\"\\ud800\\u0041\"", 13),
            ("\"\\udc00\"", 7), ("\"\\u+123\"", 3), ("\"a\nb\"", 2), ("1 2", 2), ("'a'", 0),
            ("NaN", 0), ("1e999", 5), ("[", 1), ("{\"a\":", 5), ("1\u{FEFF}", 1),
        ])
    func refused(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.offset == offset, "\(text): \(String(describing: error))")
    }

    @Test func aByteOrderMarkAtTheStartIsPassedOver() throws {
        #expect(try JSONValue(parsing: "\u{FEFF}1") == .int(1))
    }

    @Test("bytes that are not UTF-8, and values too deep in others")
    func hostile() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        let nested = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(throws: Never.self) { try JSONValue(parsing: nested) }
    }

    @Test(
        "Foundation reads what is written, and what Foundation writes is read: 300 documents by chance"
    )
    func foundation() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            let value = Self.document(&random, depth: 4)
            for text in [value.text, value.indentedText(), value.indentedText(.yaml)] {
                let other = try JSONDecoder().decode(Witness.self, from: Data(text.utf8))
                #expect(other.value == value, "\(text)")
            }
            let written = try JSONEncoder().encode(Witness(value: value))
            #expect(try JSONValue(parsing: written) == value)
        }
    }

    static func document(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .int(Int64.random(in: .min ... .max, using: &random))
        case 3: return .double(Double.random(in: -1e10...1e10, using: &random))
        case 4: return .string(text(&random))
        case 5: return .array((0..<3).map { _ in document(&random, depth: depth - 1) })
        default:
            let members = (0..<3).map { _ in
                (text(&random), document(&random, depth: depth - 1))
            }
            return .object(Dictionary(members) { $1 })
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<9, using: &random) {
            let high: UInt32 = [0x7F, 0x2FF, 0x2030, 0x1F6FF].randomElement(using: &random) ?? 0x7F
            let scalar = Unicode.Scalar(UInt32.random(in: 0...high, using: &random))
            text.unicodeScalars.append(scalar ?? "?")
        }
        return text
    }
}

/// The same documents each time (splitmix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A document as Foundation's coders see it.
private struct Witness: Codable {
    let value: JSONValue

    init(value: JSONValue) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let bool = try? container.decode(Bool.self) {
            value = .bool(bool)
        } else if let int = try? container.decode(Int64.self) {
            value = .int(int)
        } else if let double = try? container.decode(Double.self) {
            value = .double(double)
        } else if let string = try? container.decode(String.self) {
            value = .string(string)
        } else if let list = try? container.decode([Witness].self) {
            value = .array(list.map(\.value))
        } else {
            value = .object(try container.decode([String: Witness].self).mapValues(\.value))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        case .int(let int): try container.encode(int)
        case .double(let double): try container.encode(double)
        case .string(let string): try container.encode(string)
        case .array(let list): try container.encode(list.map(Witness.init))
        case .object(let members): try container.encode(members.mapValues(Witness.init))
        }
    }
}
