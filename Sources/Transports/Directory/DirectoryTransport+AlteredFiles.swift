import Posix
package import Slots

extension DirectoryTransport {
    /// By the times of last change: every file of a slot is older than its marker, also one that slots share.
    package func alteredFiles(
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> [RelativePath] {
        guard let top = try top(), let marker = try status(SlotMarker.fileName, in: top) else {
            return []
        }
        var found: [RelativePath] = []
        var waiting: [RelativePath?] = [nil]
        while let path = waiting.popLast() {
            guard !isInterrupted() else { throw .interrupted }
            guard let folder = try folder(path) else { continue }
            for name in try system({ () throws(PosixError) in try folder.entries() }) {
                let text = path.map { "\($0)/\(name.name)" } ?? name.name
                guard name.isValidUTF8,
                    let inner = try? RelativePath(text)  // try?: ours, or refused
                else { continue }
                if name.kind == .directory { waiting.append(inner) }
                guard name.kind == .file, let status = try status(name.name, in: folder),
                    status.modifiedNs > marker.modifiedNs
                else { continue }
                found.append(inner)
            }
        }
        return found.sorted()
    }
}
