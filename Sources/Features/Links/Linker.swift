import Glibc
package import Posix

/// Looks at a source and a target, and carries out plans.
package struct Linker: Sendable {
    package let source: LinkSource
    package let target: LinkTarget

    /// Whether this process may give folders to other users (chown(2)).
    package static var canSetOwners: Bool { geteuid() == 0 }

    /// Looks at both trees.
    package static func look(source: String, target: String) throws -> Linker {
        for path in [source, target] where try FileSystem.status(path)?.kind != .directory {
            throw LinkError.noFolder(path)
        }
        let (from, to) = (try FileSystem.realPath(source), try FileSystem.realPath(target))
        guard to != from, from != "/", !to.utf8.starts(with: "\(from)/".utf8) else {
            throw LinkError.targetInsideSource(source: source, target: target)
        }
        let tree = try LinkSource.read(from)
        return Linker(source: tree, target: try LinkTarget.read(to, for: tree))
    }

    /// What went wrong with one action; the others are carried out all the same.
    package struct Failure: Sendable {
        package let path: [UInt8]
        package let error: PosixError
    }

    package struct Result: Sendable {
        package internal(set) var done = 0
        package internal(set) var failures: [Failure] = []
        /// Folders that the removal of links left empty. Whether they were made for links is not known, so
        /// they stay.
        package internal(set) var emptied: [[UInt8]] = []
        package internal(set) var wasInterrupted = false
    }

    /// Carries out a plan. Each action looks again at what it changes, and changes it only if it still is
    /// what the plan saw; folders on the way are opened without following links, so nothing outside the
    /// target is touched even while somebody rearranges it. Killed at any point, the same again goes on.
    package func apply(
        _ plan: LinkPlan, isCancelled: () -> Bool = { false }
    ) throws(PosixError) -> Result {
        var folder = try TargetFolder(root: target.root)
        var result = Result()
        for action in plan.actions {
            if isCancelled() {
                result.wasInterrupted = true
                break
            }
            do throws(PosixError) {
                try folder.carryOut(action)
                result.done += 1
            } catch {
                result.failures.append(Failure(path: action.path, error: error))
            }
        }
        var seen: Set<[UInt8]> = []
        for case .remove(let path, _) in plan.actions {
            guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { continue }
            let above = Array(path[..<slash])
            let full = "\(target.root)/" + String(decoding: above, as: UTF8.self)
            if seen.insert(above).inserted,
                (try? FileSystem.entries(of: full))?.isEmpty == true  // try?: not named as empty
            {
                result.emptied.append(above)
            }
        }
        return result
    }
}
