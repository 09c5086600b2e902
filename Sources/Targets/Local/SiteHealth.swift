import HTTP
import JSON
package import Processes

/// What a site says of itself.
package struct SiteHealth: Sendable {
    /// One member of the answer, as it was reported.
    enum Member: Hashable, Sendable {
        case absent
        case text(String)
        /// A number, as it is written in decimal digits.
        case number(String)
        /// Another kind of JSON: `null`, `true`, `a list`.
        case other(String)

        /// Text, or a whole number as text: a release that is reported as 7 is release "7".
        var value: String? {
            switch self {
            case .text(let text), .number(let text): text
            case .absent, .other: nil
            }
        }

        var isTold: Bool { self != .absent }
    }

    package let status: Int?
    let release: Member
    let manifest: Member
    package let problems: [String]
    /// Why the body is not a JSON object; nil where it is one.
    let notAnObject: String?
    /// Where a redirect leads.
    let location: String?
    /// Why there was no answer.
    package let failure: String?
    /// The failure, where it is this machine's: curl is not installed.
    let noCurl: HTTPError?

    package static func ask(
        _ url: String, timeout: Double = 10, cancel: Cancellation? = nil
    ) -> SiteHealth {
        do throws(HTTPError) {
            let response = try HTTPClient().send(
                HTTPRequest(.get, url, timeout: timeout, bodyLimit: 1 << 20), cancel: cancel)
            return SiteHealth(
                status: response.status, body: response.body,
                location: response.header("Location"))
        } catch {
            return SiteHealth(noAnswer: error)
        }
    }

    private init(noAnswer error: HTTPError) {
        (status, release, manifest, problems) = (nil, .absent, .absent, [])
        (notAnObject, location) = (nil, nil)
        failure = error.description
        noCurl = error.kind == .curlMissing ? error : nil
    }

    /// Each member is read by itself: one of another type hides no other.
    init(status: Int, body: [UInt8], location: String? = nil) {
        self.status = status
        self.location = location
        failure = nil
        noCurl = nil
        do {
            let answer = try JSONValue.decode(HealthAnswer.self, from: body)
            (release, manifest, problems) = (answer.release, answer.manifest, answer.problems)
            notAnObject = nil
        } catch {
            (release, manifest, problems) = (.absent, .absent, [])
            notAnObject = Self.excerpt(body)
        }
    }

    /// The first line of a body, for people.
    private static func excerpt(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(400), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.isEmpty ? "an empty body" : "\"\(line.prefix(120))\""
    }

    package func isGood(release: Int64, manifest: String) -> Bool {
        status == 200 && self.release.value == String(release)
            && self.manifest == .text(manifest)
    }

    /// Whether a release answers well, whatever data it says that it reads.
    package func isGood(release: Int64) -> Bool {
        status == 200 && self.release.value == String(release)
    }

    /// Whether it answers well, and does not tell what it is.
    package var isGoodAndSilent: Bool {
        status == 200 && !release.isTold && !manifest.isTold
    }

    /// Whether a release answers well, as far as the site is to tell.
    ///
    /// - Parameter manifest: nil where the data does not matter.
    package func isGood(release: Int64, manifest: String?, identity: HealthIdentity) -> Bool {
        switch identity {
        case .none: return status == 200
        case .optional where isGoodAndSilent: return true
        case .required, .optional:
            return manifest.map { isGood(release: release, manifest: $0) }
                ?? isGood(release: release)
        }
    }

    /// Whether a server answers that there is no such page, or that it is elsewhere.
    var isOtherPage: Bool {
        status.map { [404, 405, 410, 301, 302, 303, 307, 308].contains($0) } ?? false
    }

    /// Whether the site itself reported that it is not healthy.
    var reportsUnhealthy: Bool { status == 503 && release.isTold }

    /// What was answered, and what was expected.
    ///
    /// - Parameter manifest: nil where the data does not matter.
    package func complaint(
        release: Int64, manifest: String? = nil, identity: HealthIdentity = .required
    ) -> String {
        if let failure { return failure }
        if identity == .none {
            return "it answers with status \(status ?? 0), expected 200"
                + (location.map { "; it leads to \"\($0.prefix(120))\"" } ?? "")
        }
        if !problems.isEmpty { return "the site says: " + problems.joined(separator: "; ") }
        let status = status ?? 0
        guard status == 200 else {
            return "it answers with status \(status), expected 200"
                + (notAnObject.map { "; it says \($0)" } ?? "")
        }
        if let notAnObject {
            return "it answers with status 200 and \(notAnObject), expected a JSON object with "
                + "\"release\": \"\(release)\""
                + (manifest.map { " and \"manifest\": \"\($0)\"" } ?? "")
        }
        if let wrong = Self.complaint("release", self.release, expected: String(release)) {
            return wrong
        }
        return manifest.flatMap { Self.complaint("manifest", self.manifest, expected: $0) }
            ?? "it answers with status \(status)"
    }

    private static func complaint(_ name: String, _ found: Member, expected: String) -> String? {
        let wanted = "expected \"\(name)\": \"\(expected)\""
        switch found {
        case .absent: return "its answer has no \"\(name)\", \(wanted)"
        case .other(let kind): return "its answer has \(kind) as \"\(name)\", \(wanted)"
        case .number(let number) where name == "manifest":
            return "its answer has the number \(number) as \"\(name)\", \(wanted)"
        case .text(let value) where value != expected, .number(let value) where value != expected:
            return name == "release"
                ? "release \(value.prefix(80)) answers instead, \(wanted)"
                : "it reads the data of another release (\"\(name)\": \"\(value.prefix(80))\"), \(wanted)"
        case .text, .number: return nil
        }
    }
}

/// What an answer must tell of the release.
package enum HealthIdentity: Sendable {
    /// Release and data manifest.
    case required
    /// The same, or nothing: something else has made sure of both.
    case optional
    /// Nothing, and what it tells is not read.
    case none
}

/// The body of an answer, member by member.
private struct HealthAnswer: Decodable {
    let release: SiteHealth.Member
    let manifest: SiteHealth.Member
    /// Sentences; one alone may be a text, and what is neither is named as it is.
    let problems: [String]

    enum CodingKeys: String, CodingKey { case release, manifest, problems }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        release = try Self.member(members, .release)
        manifest = try Self.member(members, .manifest)
        if let list = try? members.decode([String].self, forKey: .problems) {  // try?: else below
            problems = list
        } else {
            switch try Self.member(members, .problems) {
            case .absent, .other("null"), .other("false"): problems = []
            case .text(let text): problems = text.isEmpty ? [] : [text]
            case .number(let number): problems = number == "0" ? [] : ["problems: \(number)"]
            case .other(let kind): problems = ["problems: \(kind), expected a list of texts"]
            }
        }
    }

    private static func member(
        _ members: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    ) throws -> SiteHealth.Member {
        guard members.contains(key) else { return .absent }
        if try members.decodeNil(forKey: key) { return .other("null") }
        if let text = try? members.decode(String.self, forKey: key) {  // try?: asks for the type
            return .text(text)
        }
        if let value = try? members.decode(Bool.self, forKey: key) {  // try?: as above
            return .other("\(value)")
        }
        if let number = try? members.decode(Int64.self, forKey: key) {  // try?: as above
            return .number("\(number)")
        }
        if let number = try? members.decode(Double.self, forKey: key) {  // try?: as above
            return .number("\(number)")
        }
        let isList = (try? members.nestedUnkeyedContainer(forKey: key)) != nil  // try?: as above
        return .other(isList ? "a list" : "an object")
    }
}
