import Texts

/// Names of things at AWS, as they stand in any kind of text.
enum Tokens {
    /// What stands between blanks, quotes, brackets and the like.
    static func words(_ text: some StringProtocol) -> [String] {
        String(text).unicodeScalars.split { scalar in
            scalar.properties.isWhitespace || "\"'`()[]{},;=<>|".unicodeScalars.contains(scalar)
        }.map { String($0) }
    }

    /// `fs-` and 8 or 17 hexadecimal digits.
    static func fileSystem(in text: String) -> String? {
        text.unicodeScalars.split { scalar in
            !("a"..."z").contains(scalar) && !("0"..."9").contains(scalar) && scalar != "-"
        }.lazy.map { String($0) }.first { word in
            let digits = word.dropFirst(3)
            return word.hasPrefix("fs-") && (digits.count == 8 || digits.count == 17)
                && digits.allSatisfy(\.isHexDigit)
        }
    }

    /// The code of a region, such as `us-east-2`.
    static func isRegion(_ word: String) -> Bool {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4, let number = parts.last, number.count == 1,
            number.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return false }
        return areas.contains(String(parts[0]))
            && directions.contains {
                parts[1].hasPrefix($0) || parts[parts.count - 2].hasPrefix($0)
            }
    }

    private static let areas: Set = [
        "us", "eu", "ap", "ca", "sa", "af", "me", "il", "mx", "cn",
    ]
    private static let directions = ["north", "south", "east", "west", "central"]

    /// Registry and path at Amazon's registries, without tag and digest.
    static func repository(_ word: String) -> String? {
        var name = word
        if name.hasPrefix("https://") { name = String(name.dropFirst(8)) }
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[1].first != "$",
            parts[0] == "public.ecr.aws" || parts[0].contains(".dkr.ecr.")
        else { return nil }
        let path = parts[1].prefix { $0 != ":" && $0 != "@" }
        // A login names an alias alone.
        if parts[0] == "public.ecr.aws", !path.contains("/") { return nil }
        guard
            !path.isEmpty,
            (parts[0] + path).unicodeScalars.allSatisfy({
                ("a"..."z").contains($0) || ("0"..."9").contains($0)
                    || "./_-".unicodeScalars.contains($0)
            })
        else { return nil }
        return parts[0] + "/" + path
    }

    /// Twelve digits in an ARN, in an address of a registry, or beside the word account.
    static func account(in line: String) -> String? {
        let isSo =
            ["arn:aws", ".dkr.ecr."].contains(where: line.contains)
            || line.lowercased().contains("account")
        guard isSo else { return nil }
        return line.unicodeScalars.split { !("0"..."9").contains($0) }.map { String($0) }
            .first { $0.count == 12 && $0 != "000000000000" }
    }

    /// The account that a private registry's address begins with.
    static func account(ofRepository name: String) -> String? {
        guard name.contains(".dkr.ecr."), let first = name.split(separator: ".").first,
            first.count == 12, first.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        return String(first)
    }
}
