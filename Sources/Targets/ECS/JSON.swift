import FoundationEssentials

/// A JSON document of any form, so that what is not understood is kept as it is.
package enum JSON: Hashable, Sendable, Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let found = try? value.decode(Bool.self) {  // try?: another form
            self = .bool(found)
        } else if let found = try? value.decode(Int64.self) {  // try?: another form
            self = .integer(found)
        } else if let found = try? value.decode(Double.self) {  // try?: another form
            self = .number(found)
        } else if let found = try? value.decode(String.self) {  // try?: another form
            self = .text(found)
        } else if let found = try? value.decode([JSON].self) {  // try?: another form
            self = .list(found)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let found): try value.encode(found)
        case .integer(let found): try value.encode(found)
        case .number(let found): try value.encode(found)
        case .text(let found): try value.encode(found)
        case .list(let found): try value.encode(found)
        case .object(let found): try value.encode(found)
        }
    }

    package init(parsing bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    /// Equal documents have equal bytes.
    package func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    package subscript(_ key: String) -> JSON? {
        get {
            guard case .object(let members) = self else { return nil }
            return members[key]
        }
        set {
            guard case .object(var members) = self else { return }
            members[key] = newValue
            self = .object(members)
        }
    }

    package var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    package var list: [JSON] {
        if case .list(let list) = self { return list }
        return []
    }
}
