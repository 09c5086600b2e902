import Digests
import PipelineEngine
package import PipelineLedger
import PipelineStore
import Posix
import Slots

/// Reads every object of the store and compares it with its name: before a rollback needs it. Changes nothing.
package struct StoreAudit {
    package struct Finding: Sendable, Hashable {
        package enum Kind: String, Sendable {
            /// It does not hold what its name says.
            case damaged
            /// It is there and cannot be read.
            case unreadable
            /// A retained release needs it, and it is not there.
            case missing
        }

        package let kind: Kind
        /// Where the object is, or should be.
        package let path: String
        /// What needs it, such as `release 3: data/x.feather`; empty where nothing is known to.
        package var neededBy: [String]
    }

    package struct Result: Sendable {
        package var files = 0
        package var bytes: Int64 = 0
        /// Sorted by path.
        package var findings: [Finding] = []
    }

    private let store = Store(root: Project.storePath)
    private let ledger: LedgerReader?

    package init(ledger: LedgerReader?) {
        self.ledger = ledger
    }

    package func run(isCancelled: () -> Bool) throws -> Result {
        var result = Result()
        let users = try users()
        var seen: Set<Digest> = []
        for folder in try entries(Project.storePath) where folder.kind == .directory {
            for entry in try entries("\(Project.storePath)/\(folder.name)") {
                guard !isCancelled() else { throw InterruptedAudit() }
                guard entry.isValidUTF8, let digest = Digest(hex: folder.name + entry.name)
                else { continue }
                seen.insert(digest)
                let path = store.path(of: digest)
                result.files += 1
                let kind: Finding.Kind
                do throws(PosixError) {
                    let content = try Digest.ofFile(path)
                    result.bytes += content.bytes
                    if content.digest == digest { continue }
                    kind = .damaged
                } catch {
                    kind = .unreadable
                }
                result.findings.append(
                    Finding(kind: kind, path: path, neededBy: users[digest] ?? []))
            }
        }
        for (digest, names) in users where !seen.contains(digest) {
            result.findings.append(
                Finding(kind: .missing, path: store.path(of: digest), neededBy: names))
        }
        result.findings.sort { $0.path < $1.path }
        return result
    }

    /// The lists of live and fall-back releases, and what they name where they can be read.
    private func users() throws -> [Digest: [String]] {
        var users: [Digest: [String]] = [:]
        guard let ledger else { return users }
        for environment in try ledger.environmentsWithReleases() {
            let history = try ledger.timeline(environment: environment)
            for id in Set([history.live?.releaseID, history.fallback?.releaseID].compactMap { $0 })
            {
                guard let release = try ledger.release(id: id),
                    try ledger.manifestSize(release.manifest) != nil
                else { continue }
                let name = "release \(release.number)"
                users[release.manifest, default: []].append("\(name): the list of its data")
                let files = try? ReleaseContents.entries(  // try?: the list is an object itself
                    release.manifest, in: store)
                for file in files ?? [] {
                    users[file.digest, default: []].append("\(name): \(file.path.text)")
                }
            }
        }
        return users
    }

    private func entries(_ folder: String) throws -> [DirectoryEntry] {
        guard try FileSystem.status(folder) != nil else { return [] }
        return try FileSystem.entries(of: folder)
    }
}

/// The reading was ended by a signal.
package struct InterruptedAudit: Error {}
