import Digests
import SFTP
package import Slots

extension SFTPTransport {
    package func readMarker() throws(TransportError) -> [UInt8]? {
        let marker = try read(root.appending(SlotMarker.fileName), limit: 1 << 16)
        if marker != nil { isRootMade = true }
        return marker
    }

    package func fillingToken() throws(TransportError) -> String? {
        try read(root.appending(SlotNames.filling), limit: 4096)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    package func beginFilling(_ token: String) throws(TransportError) {
        try makeRoot()
        let place = root.appending(SlotNames.filling)
        let marker = root.appending(SlotMarker.fileName)
        try ask { () throws(SFTPError) in
            try client.write(
                Array(token.utf8), to: place, aside: nil, removing: [marker], isDurable: false)
        }
    }

    /// Goes along with the journeys of whatever comes next.
    package func stageMarker(_ bytes: [UInt8]) throws(TransportError) {
        try makeRoot()
        let aside = root.appending(SlotNames.stagedMarker)
        let staging = Staging(bytes)
        staged = staging
        client.attach(bytes, to: aside, isDurable: true) { staging.isThere = true }
    }

    package func writeMarker(_ bytes: [UInt8]) throws(TransportError) {
        try makeRoot()
        try openModes()
        let aside = root.appending(SlotNames.stagedMarker)
        let marker = root.appending(SlotMarker.fileName)
        let token = root.appending(SlotNames.filling)
        defer { staged = nil }
        if let staged, staged.isThere, staged.bytes == bytes {
            try ask { () throws(SFTPError) in
                try client.rename(aside, to: marker, removing: [token])
            }
        } else {
            try ask { () throws(SFTPError) in
                try client.write(
                    bytes, to: marker, aside: aside, removing: [token], isDurable: true)
            }
        }
    }

    package func freeBytes() throws(TransportError) -> Int64? {
        let place = root.parent
        return try ask { () throws(SFTPError) in try client.freeBytes(place) }
    }

    package func move(to root: String) throws(TransportError) {
        let (from, to) = (self.root, RemotePath(root))
        try ask { () throws(SFTPError) in try client.move(from, to: to) }
    }

    package func removeRoot() throws(TransportError) {
        let own = SlotNames.own.map { root.appending($0) }
        try ask { () throws(SFTPError) in
            try client.remove(own)
            try client.removeEmptyFolders([root])
        }
    }

    package func removeMarker() throws(TransportError) {
        let marker = root.appending(SlotMarker.fileName)
        try ask { () throws(SFTPError) in try client.remove([marker]) }
    }

    /// The markers of several slots of one server, asked for at once.
    package static func markers(
        of routes: [SFTPTransport]
    ) throws(TransportError) -> [OwnFile<SlotMarker>] {
        guard let first = routes.first else { return [] }
        var contents = [[UInt8]?](repeating: nil, count: routes.count)
        try first.ask { () throws(SFTPError) in
            try first.client.readAll(
                routes.map { ($0.root.appending(SlotMarker.fileName), nil) }, limit: 1 << 16,
                isInterrupted: { false },
                take: { number, bytes in
                    contents[number, default: []] += bytes
                    return nil
                },
                end: { number, exists in
                    if exists, contents[number] == nil { contents[number] = [] }
                    return nil
                })
        }
        for (route, content) in zip(routes, contents) where content != nil {
            route.isRootMade = true
        }
        return contents.map { OwnFile(marker: $0) }
    }
}

/// A marker that lies near its place, once it does.
final class Staging {
    let bytes: [UInt8]
    var isThere = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension Array where Element == [UInt8]? {
    fileprivate subscript(_ position: Int, default empty: [UInt8]) -> [UInt8] {
        get { self[position] ?? empty }
        set { self[position] = newValue }
    }
}
