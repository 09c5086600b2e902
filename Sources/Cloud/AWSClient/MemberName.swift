/// Members of answers, `EnvironmentName` or `CNAME`, as Swift names them: `environmentName`, `cname`.
///
/// Services differ in whether they begin with a capital, and the same model serves both.
enum MemberName {
    struct Key: CodingKey {
        let stringValue: String
        let intValue: Int?
        init(stringValue: String) {
            self.stringValue = stringValue
            intValue = nil
        }
        init(intValue: Int) {
            stringValue = String(intValue)
            self.intValue = intValue
        }
    }

    static func key(_ path: [any CodingKey]) -> any CodingKey {
        guard let last = path.last else { return Key(stringValue: "") }
        if last.intValue != nil { return last }
        return Key(stringValue: swift(last.stringValue))
    }

    static func swift(_ name: String) -> String {
        let capitals = name.prefix { $0.isUppercase }
        if capitals.count == name.count { return name.lowercased() }
        // "ETag" and "ImageIds" lose one capital, "CNAMEPrefix" and "URLs" all but that of the next word.
        let count = capitals.count > 2 ? capitals.count - 1 : min(1, capitals.count)
        return name.prefix(count).lowercased() + name.dropFirst(count)
    }
}
