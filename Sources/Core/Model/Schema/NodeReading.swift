import YAML

/// Readings of nodes that a schema has checked.
extension Node {
    /// The scalar with the type that YAML 1.2's core schema gives it; nil for null and for collections.
    var parameterValue: ParameterValue? {
        if isNull { return nil }
        if let value = int { return .integer(value) }
        if let value = bool { return .boolean(value) }
        if let value = double { return .double(value) }
        return string.map(ParameterValue.string)
    }

    /// One text or a list of them.
    var strings: [String] {
        if let entries = sequence { return entries.compactMap(\.string) }
        return string.map { [$0] } ?? []
    }

    var stringMap: [String: String] {
        var map: [String: String] = [:]
        for (key, value) in mapping ?? [] {
            if let name = key.string { map[name] = value.string }
        }
        return map
    }

    var parameterMap: [String: ParameterValue] {
        var map: [String: ParameterValue] = [:]
        for (key, value) in mapping ?? [] {
            if let name = key.string { map[name] = value.parameterValue }
        }
        return map
    }

    /// The nodes of one value or a list of them.
    var oneOrMore: [Node] { sequence ?? [self] }
}
