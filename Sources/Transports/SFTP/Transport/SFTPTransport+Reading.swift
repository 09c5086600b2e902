import Posix
import SFTP
package import Slots

extension SFTPTransport {
    package func entries(of folder: RelativePath?) throws(TransportError) -> [FolderEntry]? {
        if let folder, try !missing([folder]).isEmpty { return nil }
        var found: [FolderEntry]?
        try ask { () throws(SFTPError) in
            try client.list([(folder.map(place) ?? root, 0)], isInterrupted: { false }) {
                _, names throws(SFTPError) in
                for name in names ?? [] where !name.isSafe {
                    throw .protocolViolation(
                        "it names \"\(ForeignName.spelled(name.bytes))\" in a folder")
                }
                found = names.map { $0.map(Self.shown) }
                return []
            }
        }
        return found?.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func shown(_ name: RemoteName) -> FolderEntry {
        let text = String(validating: name.bytes, as: UTF8.self)
        return FolderEntry(
            name: text ?? ForeignName.spelled(name.bytes), kind: kind(name.attributes),
            modified: name.attributes.times.map { Int64($0.modified) },
            foreignBytes: text == nil ? name.bytes : nil)
    }

    package func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(TransportError) -> Void,
        end: @escaping (Int, Bool) throws(TransportError) -> Void, isInterrupted: InterruptionCheck
    ) throws(TransportError) {
        let missing = try reach(files.map(\.path))
        let asked = files.indices.filter { !missing.contains(files[$0].path) }
        var failure: TransportError?
        func heed(_ body: () throws(TransportError) -> Void) -> SFTPError? {
            do throws(TransportError) { try body() } catch {
                failure = error
                return .interrupted
            }
            return nil
        }
        do throws(SFTPError) {
            try client.readAll(
                asked.map { (place(files[$0].path), files[$0].size) }, isInterrupted: isInterrupted,
                take: { number, bytes in
                    heed { () throws(TransportError) in try take(asked[number], bytes) }
                },
                end: { number, exists in
                    heed { () throws(TransportError) in try end(asked[number], exists) }
                })
        } catch {
            throw failure ?? translate(error)
        }
        for number in files.indices where missing.contains(files[number].path) {
            try end(number, false)
        }
    }
}
