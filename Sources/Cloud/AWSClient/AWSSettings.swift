import Texts

/// Which account and region is asked, and by way of what.
package struct AWSSettings: Hashable, Sendable {
    /// A region's code, such as `us-east-2`.
    package var region: String
    /// A profile of the user's configuration; nil for what the command line tool finds by itself.
    package var profile: String?
    /// Where to ask instead of AWS; nil for AWS itself.
    package var endpoint: AWSEndpoint?
    /// Where to ask instead for one service, by the name of its command: `s3api`.
    package var serviceEndpoints: [String: AWSEndpoint] = [:]
    /// The program, by name or path.
    package var program = "aws"
    /// Seconds over which one question is asked again while the service is busy or away.
    package var patience: Double = 300

    package init(region: String, profile: String? = nil, endpoint: AWSEndpoint? = nil) {
        self.region = region
        self.profile = profile
        self.endpoint = endpoint
    }
}

/// An address that stands in for AWS: its whole, or one service's.
package struct AWSEndpoint: Hashable, Sendable {
    package let url: String
    /// Whether it is on this machine.
    package let isLoopback: Bool

    /// nil where the address is neither `https` nor on this machine: requests carry data and
    /// signatures, which nobody on the way may read or change.
    package init?(_ url: String) {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !host.isEmpty, !host.contains("@"), !url.contains(where: \.isWhitespace) else {
            return nil
        }
        isLoopback = Self.isLoopback(host)
        switch url[..<scheme.lowerBound] {
        case "https": break
        case "http" where isLoopback: break
        default: return nil
        }
        self.url = url
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        if host == "[::1]" || host.hasPrefix("[::1]:") { return true }
        let name = host.prefix { $0 != ":" }.lowercased()
        if name == "localhost" { return true }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}
