import Arguments
import Failures
import JSON
import Packs
import Posix
import Terminal

extension PackWork {
    /// Reads all of a pack, and compares it where there is something to compare it with.
    func verify() throws -> ExitCode {
        let against = invocation.arguments.value("against")
        do {
            let (content, differences) = try read(against)
            report(content.counts, differences, against)
            return differences.isEmpty ? .done : .verificationFailed
        } catch {
            guard error.isFaultOfThePack else { throw error }
            if invocation.isJSON {
                invocation.print(
                    PackJSON.unreadable(error.description, path: source, against).text)
            } else {
                invocation.errors.tell([error.failure])
            }
            return .verificationFailed
        }
    }

    private func read(
        _ against: String?
    ) throws(PackError) -> (pack: PackContent, differences: [PackDifference]) {
        guard let against else {
            return (try PackReader(cancel: cancel).content(of: source), [])
        }
        let folder = Environment.value("TMPDIR") ?? "/tmp"
        return try PackMaker(cancel: cancel).compare(
            source, with: against, scratch: FileSystem.temporaryPath(beside: "\(folder)/pack"))
    }

    private func report(
        _ counts: PackCounts, _ differences: [PackDifference], _ against: String?
    ) {
        if invocation.isJSON {
            return invocation.print(
                PackJSON.verified(counts, differences, path: source, against).text)
        }
        differences.map { Format.escaped($0.description) }.forEach(invocation.print)
        invocation.tell("\(PackText.counts(counts)): \(verdict(differences.count, against))")
    }

    private func verdict(_ count: Int, _ against: String?) -> String {
        guard let against else { return "all of it can be read" }
        let name = "\"\(Format.escaped(against))\""
        if count == 0 { return "equal to \(name)" }
        return "\(Format.count(count)) difference\(count == 1 ? "" : "s") from \(name)"
    }
}

extension PackError {
    /// Whether the pack itself is what is wrong.
    fileprivate var isFaultOfThePack: Bool {
        switch self {
        case .notAPack, .unreadableListing, .toolFailed(tool: "unsquashfs", _): true
        default: false
        }
    }
}
