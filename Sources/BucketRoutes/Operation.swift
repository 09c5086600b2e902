/// One thing that the agent does in a data folder; see agent.py for what each is.
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

    struct File: Codable, Sendable {
        let path: String
        let size: Int64
    }

    init(_ what: String, _ slot: String) {
        self.do = what
        self.slot = slot
    }
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
    let operations: [Operation]
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
            if container.decodeNil() {
                self = .nothing
            } else if let listing = try? container.decode(Listing.self) {
                self = .listing(listing)
            } else if let entry = try? container.decode(Entry.self) {
                self = .entry(entry)
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Int64.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let numbers = try? container.decode([Int].self) {
                self = .numbers(numbers)
            } else {
                self = .texts(try container.decode([String?].self))
            }
        }
    }
}
