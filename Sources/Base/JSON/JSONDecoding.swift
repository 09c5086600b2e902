/// Reads values of Swift from JSON.
package enum JSONDecoding {
    /// How a member is found by the name that the code has for it.
    package enum Names: Sendable {
        case asWritten
        /// A member `from_worker` is `fromWorker`. Names of dictionaries stay as they are.
        case snakeCase
        /// By a function from the name in the document. Names of dictionaries stay as they are.
        case mapped(@Sendable (String) -> String)

        func name(_ written: String) -> String {
            switch self {
            case .asWritten: written
            case .mapped(let map): map(written)
            case .snakeCase: Self.camelCase(written)
            }
        }

        private static func camelCase(_ written: String) -> String {
            let words = written.split(separator: "_")
            guard let first = words.first, words.count > 1 else { return written }
            return first
                + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }
    }
}

extension JSONValue {
    /// Reads a value.
    ///
    /// - Throws: `DecodingError`, also for what is no JSON.
    package static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: some Collection<UInt8>,
        names: JSONDecoding.Names = .asWritten
    ) throws -> Value {
        let document: JSONValue
        do throws(JSONError) { document = try JSONValue(parsing: bytes) } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: error.description, underlyingError: error))
        }
        return try document.decoded(as: type, names: names)
    }

    /// As `decode`, from a document that has been read.
    package func decoded<Value: Decodable>(
        as type: Value.Type = Value.self, names: JSONDecoding.Names = .asWritten
    ) throws -> Value {
        try ValueDecoder(value: self, codingPath: [], names: names).decode(type)
    }
}

/// A dictionary's names are data.
private protocol NamedByData {}
extension Dictionary: NamedByData where Key == String {}

struct ValueDecoder: Decoder {
    let value: JSONValue
    let codingPath: [any CodingKey]
    let names: JSONDecoding.Names
    /// Whether the members of this value have the names that are written.
    var keepsNames = false
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func child(_ value: JSONValue, _ key: any CodingKey) -> ValueDecoder {
        ValueDecoder(value: value, codingPath: codingPath + [key], names: names)
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        var decoder = self
        decoder.keepsNames = type is any NamedByData.Type
        return try Value(from: decoder)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch([String: JSONValue].self) }
        var named = members
        if case .asWritten = names {
        } else if !keepsNames {
            named = Dictionary(
                members.map { (names.name($0.key), $0.value) },
                uniquingKeysWith: { first, _ in first })
        }
        return KeyedDecodingContainer(MemberDecoding<Key>(decoder: self, members: named))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch([JSONValue].self) }
        return ElementDecoding(decoder: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func mismatch(_ type: any Any.Type) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "\(value.kind) found, \(type) expected")
        if value == .null { return .valueNotFound(type, context) }
        return .typeMismatch(type, context)
    }

    func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
        switch value {
        case .int(let value):
            if let exact = Integer(exactly: value) { return exact }
        case .double(let value):
            if let exact = Integer(exactly: value) { return exact }
        default: throw mismatch(type)
        }
        throw DecodingError.dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "the number is no \(type)"))
    }

    func number() throws -> Double {
        switch value {
        case .int(let value): Double(value)
        case .double(let value): value
        default: throw mismatch(Double.self)
        }
    }
}

extension JSONValue {
    fileprivate var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .int, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The place of an element.
struct ElementKey: CodingKey {
    let intValue: Int?
    var stringValue: String { "Index \(intValue ?? 0)" }

    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { nil }
}
