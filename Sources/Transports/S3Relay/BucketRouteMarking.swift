import Digests
package import Slots

/// The slot's own files and its place: what says which filling it is of.
extension BucketTransport {
    package func readMarker() throws(TransportError) -> [UInt8]? {
        let marker = try read(SlotMarker.fileName, 1 << 16)
        see(marker: marker)
        return marker
    }

    /// What was read of a slot must still be there when a filling of it begins.
    func see(marker: [UInt8]?) {
        host.seen[folder, default: .init()].marker = marker.map { Digest.of($0).hex } ?? ""
    }

    /// What goes on in a filling that was resumed belongs to that one.
    package func fillingToken() throws(TransportError) -> String? {
        let found = try read(SlotNames.filling, 1 << 16).map { String(decoding: $0, as: UTF8.self) }
        host.seen[folder, default: .init()].token = found ?? ""
        token = found
        return found
    }

    package func beginFilling(_ token: String) throws(TransportError) {
        var work = operation("begin")
        work.token = token
        work.over = host.seen.removeValue(forKey: folder)
        try host.add(work)
        self.token = token
    }

    package func writeMarker(_ bytes: [UInt8]) throws(TransportError) {
        try change("writeMarker") { $0.bytes = Base64.encode(bytes) }
        try host.flush()
        token = nil
    }

    package func removeMarker() throws(TransportError) {
        try change("removeMarker") { _ in }
        try host.flush()
    }

    package func move(to root: String) throws(TransportError) {
        try change("move") { $0.to = root.split(separator: "/").last.map(String.init) }
        try host.flush()
    }

    package func removeRoot() throws(TransportError) {
        try change("removeRoot") { _ in }
        try host.flush()
    }

    package func synchronize() throws(TransportError) {
        try change("sync") { _ in }
        // What follows is recorded as done: it must be, on the other machine's disk.
        try host.flush()
    }
}
