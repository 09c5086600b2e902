extension JSONValue {
    /// The value as JSON; numbers that are not finite cannot be written.
    ///
    /// - Throws: `EncodingError`.
    package static func encode(_ value: some Encodable) throws -> JSONValue {
        let encoder = ValueEncoder(codingPath: [])
        try encoder.put(value)
        return encoder.node.value
    }
}

/// A value in the making: containers that were handed out still write into it.
final class EncodedNode {
    var whole = JSONValue.null
    var members: [String: EncodedNode]?
    var elements: [EncodedNode]?

    var value: JSONValue {
        if let members { return .object(members.mapValues(\.value)) }
        if let elements { return .array(elements.map(\.value)) }
        return whole
    }

    func member(_ name: String) -> EncodedNode {
        let node = EncodedNode()
        members?[name] = node
        return node
    }

    func element() -> EncodedNode {
        let node = EncodedNode()
        elements?.append(node)
        return node
    }
}

struct ValueEncoder: Encoder {
    let codingPath: [any CodingKey]
    var node = EncodedNode()
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func put(_ value: some Encodable) throws {
        try value.encode(to: self)
    }

    func put(number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, .init(codingPath: codingPath, debugDescription: "the number is not finite"))
        }
        node.whole = .double(number)
    }

    func put(integer number: some FixedWidthInteger) throws {
        guard let exact = Int64(exactly: number) else { return try put(number: Double(number)) }
        node.whole = .int(exact)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if node.members == nil { node.members = [:] }
        return KeyedEncodingContainer(MemberEncoding<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if node.elements == nil { node.elements = [] }
        return ElementEncoding(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

/// A document is a part of others as it is; only this module's coders take it.
extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? ValueDecoder else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no decoder of JSONValue"))
        }
        self = decoder.value
    }

    package func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? ValueEncoder else {
            throw EncodingError.invalidValue(
                self,
                .init(codingPath: encoder.codingPath, debugDescription: "no encoder of JSONValue"))
        }
        encoder.node.whole = self
    }
}
