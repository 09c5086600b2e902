/// One thing that the agent does in a data folder; see agent/operations.py for what each is.
struct Operation: Codable, Sendable {
    let `do`: String
    /// The folder below the root.
    let slot: String
    var path: String?
    var paths: [String]?
    var names: [String]?
    var files: [File]?
    var from: String?
    var to: String?
    var token: String?
    /// Base64.
    var bytes: String?
    var limit: Int?
    /// Where the bytes of a file lie in an object.
    var pack: String?
    var offset: Int64?
    var size: Int64?
    var digest: String?
    var aside: String?
    var name: String?
    /// The token that the slot must have for this to be done: that of the filling that it belongs to.
    var expect: String?
    /// What a filling that begins has found in the slot, and must still find.
    var over: Seen?

    struct File: Codable, Sendable {
        let path: String
        let size: Int64
    }

    /// What was read of a slot; what was not read is nil.
    struct Seen: Codable, Hashable, Sendable {
        /// The digest of the marker's bytes; empty for none.
        var marker: String?
        /// The token of a filling; empty for none.
        var token: String?
    }

    init(_ what: String, _ slot: String) {
        self.do = what
        self.slot = slot
    }

    /// Whether it changes something there, and so must be of the operator who holds the environment.
    var changes: Bool { !Self.questions.contains(self.do) }
    private static let questions: Set = [
        "list", "entries", "status", "read", "digests", "export", "free", "sync",
    ]
}

/// A job as the agent reads it.
struct Job: Codable, Sendable {
    struct Mount: Codable, Sendable {
        let fileSystem: String
        let point: String
        let region: String
    }

    let root: String
    let owner: [Int]?
    let mount: Mount?
    let fence: JobFence?
    let operations: [Operation]
}

/// Under which lock a job was made. The agent keeps the highest number for each site, and refuses a lower one.
package struct JobFence: Codable, Hashable, Sendable {
    package let number: Int
    /// Names the site whose lock it is.
    package let site: String
    /// The object of the bucket that holds the highest number; nil where there is none.
    package let key: String?

    package init(number: Int, site: String, key: String?) {
        self.number = number
        self.site = site
        self.key = key
    }
}

/// What the agent answers: one result for each operation up to the first that failed.
struct JobResult: Decodable, Sendable {
    struct Failure: Decodable, Sendable {
        let kind: String
        let path: String?
        let name: String?
        let by: String?
        let code: Int32?
        let found: String?
    }

    let results: [Value]
    let error: Failure?

    struct Entry: Decodable, Sendable {
        let path: String
        let kind: String
        let size: Int64?
        let modified: Int64?
    }

    struct Listing: Decodable, Sendable {
        let entries: [Entry]
        let leftovers: [String]
    }

    /// An answer in one of the forms that there are.
    enum Value: Decodable, Sendable {
        case nothing
        case flag(Bool)
        case number(Int64)
        case text(String)
        case numbers([Int])
        case texts([String?])
        case entry(Entry)
        case listing(Listing)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // The form is found by trying: where the last does not fit either, it is an error.
            if container.decodeNil() {
                self = .nothing
            } else if let listing = try? container.decode(Listing.self) {  // try?: another form
                self = .listing(listing)
            } else if let entry = try? container.decode(Entry.self) {  // try?: another form
                self = .entry(entry)
            } else if let flag = try? container.decode(Bool.self) {  // try?: another form
                self = .flag(flag)
            } else if let number = try? container.decode(Int64.self) {  // try?: another form
                self = .number(number)
            } else if let text = try? container.decode(String.self) {  // try?: another form
                self = .text(text)
            } else if let numbers = try? container.decode([Int].self) {  // try?: another form
                self = .numbers(numbers)
            } else {
                self = .texts(try container.decode([String?].self))
            }
        }
    }
}
