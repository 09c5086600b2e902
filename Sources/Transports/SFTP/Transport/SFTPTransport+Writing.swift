import Digests
import SFTP
package import Slots

extension SFTPTransport {
    package func put(
        _ next: () throws(TransportError) -> TransportPut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        try makeRoot()
        var failure: TransportError?
        do throws(SFTPError) {
            try client.upload(
                { () throws(SFTPError) in
                    do throws(TransportError) {
                        guard let file = try next() else { return nil }
                        guard file.entry.path.folder.map(checkedFolders.contains) ?? true else {
                            throw translate(
                                .refused(
                                    operation: "create", path: "\(place(file.entry.path))",
                                    .noSuchFile, message: ""))
                        }
                        return (upload(file), events(file.entry, observer))
                    } catch {
                        failure = error
                        throw .interrupted
                    }
                }, isInterrupted: isInterrupted)
        } catch {
            if let failure { throw failure }
            throw translate(error)
        }
    }

    private func upload(_ file: TransportPut) -> Upload {
        let entry = file.entry
        var upload = Upload(
            .file(file.source), to: place(entry.path),
            aside: root.appending(SlotNames.aside(for: entry)), digest: entry.digest,
            size: entry.size)
        upload.acknowledged = file.acknowledged
        upload.isDurable = isDurable
        return upload
    }

    private func events(_ entry: DataManifest.Entry, _ observer: PutObserver) -> UploadEvents {
        var events = UploadEvents()
        events.acknowledged = { observer.acknowledged(entry, $0) }
        events.renaming = { observer.placing(entry) }
        events.ended = { observer.placed(entry) }
        return events
    }

    /// By the server's own hard links, so that nothing is sent.
    package func link(
        _ entries: [DataManifest.Entry], from sibling: any Transport,
        isInterrupted: InterruptionCheck
    ) throws(TransportError) -> Set<Int> {
        guard let other = sibling as? SFTPTransport, other.client === client,
            try features().sharesFiles
        else { return [] }
        return try ask { () throws(SFTPError) in
            try link(entries, from: other, isInterrupted)
        }
    }

    private func link(
        _ entries: [DataManifest.Entry], from other: SFTPTransport,
        _ isInterrupted: InterruptionCheck
    ) throws(SFTPError) -> Set<Int> {
        // A marker says what the other slot held; that the sizes are still so is asked.
        let found = try client.status(
            of: entries.map { other.place($0.path) }, isInterrupted: isInterrupted)
        var positions = entries.indices.filter { number in
            found[number]?.kind == .file && found[number]?.size == entries[number].size
        }
        let asides = entries.map { root.appending(SlotNames.aside(for: $0)) }
        try client.remove(positions.map { asides[$0] }, isInterrupted: isInterrupted)
        let linked = try client.hardLink(
            positions.map { (other.place(entries[$0].path), asides[$0]) },
            isInterrupted: isInterrupted)
        positions = zip(positions, linked).filter(\.1).map(\.0)
        try client.renameAll(
            positions.map { (asides[$0], place(entries[$0].path)) }, isInterrupted: isInterrupted)
        // rename(2) leaves both names where they are the same file already.
        try client.remove(positions.map { asides[$0] }, isInterrupted: isInterrupted)
        return Set(positions)
    }
}
