/// Members of answers, `EnvironmentName` or `CNAME`, as Swift names them: `environmentName`, `cname`.
///
/// Services differ in whether they begin with a capital, and the same model serves both.
enum MemberName {
    @Sendable static func swift(_ name: String) -> String {
        let capitals = name.prefix { $0.isUppercase }
        if capitals.count == name.count { return name.lowercased() }
        // "ETag" and "ImageIds" lose one capital, "CNAMEPrefix" and "URLs" all but that of the next word.
        let count = capitals.count > 2 ? capitals.count - 1 : min(1, capitals.count)
        return name.prefix(count).lowercased() + name.dropFirst(count)
    }
}
