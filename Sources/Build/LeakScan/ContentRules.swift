import CLeaks
import Posix

/// What is found in a window of bytes.
struct ContentMatch: Hashable {
    let rule: LeakRule
    /// What it is, for people: "GitHub token".
    let kind: String
    /// Where it begins in the window.
    let offset: Int
    /// "base64", "UTF-16", "base64 in base64"; empty for plain text.
    let encoding: String
}

/// Credentials by their forms, in one pass over the bytes for all of them.
enum ContentRules {
    private enum Form {
        case token(TokenForm)
        case pem, putty, url, webToken, azure, openAI
        case secretKey(Int)
    }

    private struct Entry {
        let start: [UInt8]
        let form: Form
    }

    /// By the first three bytes.
    private static let entries: [UInt32: [Entry]] = {
        var all = TokenForm.all.map { Entry(start: $0.start, form: .token($0)) }
        func add(_ text: String, _ form: Form) {
            all.append(Entry(start: Array(text.utf8), form: form))
        }
        add("-----BEGIN ", .pem)
        add("---- BEGIN SSH2", .pem)
        add("PuTTY-User-Key-File-", .putty)
        for name in [
            "secret_access_key", "SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey",
            "secret-access-key", "aws_secret_key", "AWS_SECRET_KEY", "awsSecretKey",
        ] {
            add(name, .secretKey(name.utf8.count))
        }
        add("://", .url)
        add("eyJ", .webToken)
        add("8Q~", .azure)
        add("T3BlbkFJ", .openAI)
        return Dictionary(grouping: all) { key($0.start[0], $0.start[1], $0.start[2]) }
    }()

    private static func key(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16
    }

    private static let filter: [UInt8] = {
        var filter = [UInt8](repeating: 0, count: Int(CLEAKS_FILTER_BITS) / 8)
        for entry in entries.values.joined() {
            let fourths = entry.start.count > 3 ? [entry.start[3]] : Array(0x21...0x7E)
            for fourth in fourths { cleaks_mark(&filter, entry.start.prefix(3) + [fourth]) }
        }
        return filter
    }()

    /// All that begins before `limit`, in plain text and in encodings.
    static func matches(
        in window: UnsafeRawBufferPointer, before limit: Int
    ) -> [ContentMatch] {
        var found: [ContentMatch] = []
        look(window, encoding: "", depth: 0) { offset, rule, kind, encoding in
            if offset < limit {
                found.append(
                    ContentMatch(rule: rule, kind: kind, offset: offset, encoding: encoding))
            }
        }
        return found
    }

    private typealias Report = (Int, LeakRule, String, String) -> Void

    private static func look(
        _ bytes: UnsafeRawBufferPointer, encoding: String, depth: Int, _ report: Report
    ) {
        plain(bytes) { report($0, $1, $2, encoding) }
        guard depth < 3, let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return
        }
        func nested(_ name: String) -> String { encoding.isEmpty ? name : "\(name) in \(encoding)" }
        if !encoding.hasPrefix("UTF-16"), ByteSearch.first([0], in: bytes, from: 0) != nil {
            wide(bytes, base) { text, origin in
                text.withUnsafeBytes { text in
                    look(text, encoding: nested("UTF-16"), depth: depth + 1) {
                        report(origin($0), $1, $2, $3)
                    }
                }
            }
        }
        // Base64 within base64 is looked into, and no deeper.
        guard encoding.split(separator: " ").filter({ $0 == "base64" }).count < 2 else { return }
        let name = nested("base64")
        base64(
            bytes, base, { report($0, .privateKey, $1, name) },
            { decoded, origin in
                decoded.withUnsafeBytes { decoded in
                    look(decoded, encoding: name, depth: depth + 1) {
                        report(origin($0), $1, $2, $3)
                    }
                }
            })
    }

    private static func plain(
        _ bytes: UnsafeRawBufferPointer, _ report: (Int, LeakRule, String) -> Void
    ) {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        filter.withUnsafeBufferPointer { filter in
            guard let filter = filter.baseAddress else { return }
            var at = 0
            while true {
                at = cleaks_next(filter, base, bytes.count, at)
                guard at + 4 <= bytes.count else { return }
                for entry in entries[key(bytes[at], bytes[at + 1], bytes[at + 2])] ?? [] {
                    guard bytes[at...].starts(with: entry.start) else { continue }
                    if let (rule, kind) = match(entry, bytes, at) { report(at, rule, kind) }
                }
                at += 1
            }
        }
    }

    private static func match(
        _ entry: Entry, _ bytes: UnsafeRawBufferPointer, _ at: Int
    ) -> (LeakRule, String)? {
        func isStart() -> Bool {
            guard at > 0, entry.start[0].isWord else { return true }
            // The letter of an escape (`\\n`) is no part of a word.
            if at > 1, bytes[at - 2] == 0x5C, "nrt".utf8.contains(bytes[at - 1]) { return true }
            return !bytes[at - 1].isWord
        }
        func found(_ length: Int, _ rule: LeakRule, _ kind: String) -> (LeakRule, String)? {
            length > 0 ? (rule, kind) : nil
        }
        let here = bytes[at...]
        switch entry.form {
        case .token(let form):
            return isStart() ? found(form.length(here), form.rule, form.kind) : nil
        case .pem: return found(KeyForms.pem(here), .privateKey, "private key")
        case .putty: return found(KeyForms.putty(here), .privateKey, "PuTTY private key")
        case .secretKey(let name):
            return found(TextForms.secretKey(here, name: name), .secretKey, "AWS secret key")
        case .url:
            return found(
                TextForms.urlPassword(bytes, at: at), .urlPassword, "password in an address")
        case .webToken:
            return isStart() ? found(TextForms.webToken(here), .token, "JSON Web Token") : nil
        case .azure:
            return found(TextForms.azureSecret(bytes, at: at), .token, "Azure client secret")
        case .openAI: return found(TextForms.openAI(bytes, at: at), .token, "OpenAI key")
        }
    }

    /// The text of runs of UTF-16, joined by line ends, and where each position comes from.
    private static func wide(
        _ bytes: UnsafeRawBufferPointer, _ base: UnsafePointer<UInt8>,
        _ body: ([UInt8], (Int) -> Int) -> Void
    ) {
        var text: [UInt8] = []
        var runs: [(start: Int, origin: Int)] = []
        var (at, from) = (0, 0)
        while true {
            let length = cleaks_wide_run(base, bytes.count, from, 16, &at)
            guard length > 0 else { break }
            runs.append((text.count, at))
            for index in 0..<length { text.append(bytes[at + 2 * index]) }
            text.append(0x0A)
            from = at + 2 * length - 1
        }
        guard !text.isEmpty else { return }
        body(text) { offset in
            guard let run = runs.last(where: { $0.start <= offset }) else { return 0 }
            return run.origin + 2 * (offset - run.start)
        }
    }

    /// What runs of base64 decode to, from each of the four positions at which a group of it may begin, one
    /// after the other, and where each position comes from.
    private static func base64(
        _ bytes: UnsafeRawBufferPointer, _ base: UnsafePointer<UInt8>,
        _ report: (Int, String) -> Void, _ body: ([UInt8], (Int) -> Int) -> Void
    ) {
        var runs: [(start: Int, origin: Int)] = []
        // Four times three quarters of what is there, and an end for each.
        let decoded = [UInt8](unsafeUninitializedCapacity: bytes.count * 4) { out, written in
            guard let out = out.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count) { run in
                guard let run = run.baseAddress else { return }
                var (at, end, from) = (0, 0, 0)
                while true {
                    let count = cleaks_base64_run(base, bytes.count, from, 24, run, &at, &end)
                    guard count > 0 else { return }
                    for shift in 0..<4 {
                        runs.append((written, at))
                        let length = cleaks_base64_decode(run + shift, count - shift, out + written)
                        if shift == 0, count >= 60, out[written] == 0x30 || out[written] >= 0xCE {
                            let head = UnsafeBufferPointer(start: out + written, count: length)
                            if let kind = KeyForms.binary(head, size: nil) { report(at, kind) }
                        }
                        written += length
                        out[written] = 0x0A
                        written += 1
                    }
                    from = end
                }
            }
        }
        guard !decoded.isEmpty else { return }
        body(decoded) { offset in
            var (low, high) = (0, runs.count)
            while low < high {
                let middle = (low + high) / 2
                if runs[middle].start <= offset { low = middle + 1 } else { high = middle }
            }
            return low > 0 ? runs[low - 1].origin : 0
        }
    }
}
