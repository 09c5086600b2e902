import SFTP
package import Slots

extension SFTPTransport {
    package func delete(
        foreign names: [ForeignName], isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        _ = try reach(names.compactMap { $0.folder })
        var files: [RemotePath] = []
        var folders: [RemotePath] = []
        for name in names {
            let place = (name.folder.map(place) ?? root).appending(name.bytes)
            if name.isFolder { folders.append(place) } else { files.append(place) }
        }
        let tops = folders
        try ask { () throws(SFTPError) in
            try client.list(tops.map { ($0, 0) }, isInterrupted: isInterrupted) {
                place, names throws(SFTPError) in
                var more: [(RemotePath, Int)] = []
                for name in names ?? [] {
                    guard name.isSafe else { throw .protocolViolation("a name leads elsewhere") }
                    let below = place.appending(name.bytes)
                    if name.attributes.kind == .folder {
                        folders.append(below)
                        more.append((below, 0))
                    } else {
                        files.append(below)
                    }
                }
                return more
            }
            try client.remove(files, isInterrupted: isInterrupted)
            // The innermost first: each was found after the one that holds it.
            for folder in folders.reversed() {
                try client.removeEmptyFolders([folder], isInterrupted: isInterrupted)
            }
        }
    }
}
