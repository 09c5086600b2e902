import Posix
import Testing

/// `docs/errors.md` has an entry for each code of the sources, and no other.
@Suite struct ErrorsPageTests {
    @Test func eachCodeHasAnEntryAndEachEntryACode() throws {
        let page = try entries().map(\.code)
        #expect(Set(page).count == page.count, "an entry stands twice")
        let sources = try codes()
        #expect(sources.count > 200)
        #expect(sources.subtracting(page) == [], "without an entry")
        #expect(Set(page).subtracting(sources) == [], "an entry of nothing")
    }

    @Test func codesAreWordsJoinedByDashes() throws {
        for entry in try entries() {
            #expect(entry.code.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(entry.code)")
        }
    }

    @Test func eachEntryShowsTheErrorAndSaysWhatToDoAndWhichTestMakesItHappen() throws {
        for entry in try entries() {
            #expect(entry.text.contains("error[\(entry.code)]: "), "\(entry.code)")
            #expect(entry.text.contains("\n  next: "), "\(entry.code)")
            #expect(entry.text.contains("**What to do.** "), "\(entry.code)")
            let named = try #require(
                entry.text.firstMatch(of: /Made to happen by `([^:`]+):([^`]+)`/), "\(entry.code)")
            let test = try Repository.text(String(named.1))
            #expect(test.contains("func \(named.2)("), "\(entry.code): \(named.0)")
            // On the built program the code itself is looked for, in text or JSON.
            if named.1.contains("EndToEndTests") {
                let isExpected =
                    test.contains("error[\(entry.code)]")
                    || test.contains(#""error":"\#(entry.code)""#)
                #expect(isExpected, "\(entry.code): \(named.1)")
            }
        }
    }

    private struct Entry {
        let code: String
        let text: String
    }

    private func entries() throws -> [Entry] {
        try Repository.text("docs/errors.md").split(separator: "\n### ").dropFirst().map { part in
            Entry(code: String(part.prefix { $0 != "\n" }), text: String(part))
        }
    }

    /// Codes stand in the sources as the first argument of what makes a failure, or as an argument `code:`.
    private func codes() throws -> Set<String> {
        var found: Set<String> = []
        for path in try Repository.swiftSources() {
            let text = try Repository.text(path)
            for match in text.matches(of: /(?:Failure|UsageError|Refused)\(\s*"([a-z0-9-]+)",/) {
                found.insert(String(match.1))
            }
            guard path.hasPrefix("Sources/Core/Model/") else { continue }
            for match in text.matches(of: /\bcode: (?:String = )?"([a-z]+-[a-z-]+)"/) {
                found.insert(String(match.1))
            }
        }
        // The one type whose codes stand in a table of their own.
        let arguments = try Repository.text("Sources/Terminal/Arguments/ArgumentError.swift")
        for match in arguments.matches(of: /case \.\w+: "([a-z]+(?:-[a-z]+)+)"/) {
            found.insert(String(match.1))
        }
        return found
    }
}
