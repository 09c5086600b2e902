import Digests
import Posix
import SFTP

extension SFTPRoute {
    package func readMarker() throws(RouteError) -> [UInt8]? {
        try read(root.appending(SlotMarker.fileName), limit: 1 << 16)
    }

    package func fillingToken() throws(RouteError) -> String? {
        try read(root.appending(SlotNames.filling), limit: 4096)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    package func beginFilling(_ token: String) throws(RouteError) {
        try makeRoot()
        try write(Array(token.utf8), to: SlotNames.filling)
        try removeMarker()
    }

    package func writeMarker(_ bytes: [UInt8]) throws(RouteError) {
        try makeRoot()
        try write(bytes, to: SlotMarker.fileName)
        let token = root.appending(SlotNames.filling)
        try ask { () throws(SFTPError) in try client.remove([token]) }
    }

    package func removeMarker() throws(RouteError) {
        let marker = root.appending(SlotMarker.fileName)
        try ask { () throws(SFTPError) in try client.remove([marker]) }
    }

    /// Replaces a small file as a whole, on stable storage where the server can do that.
    private func write(_ bytes: [UInt8], to name: String) throws(RouteError) {
        var upload = Upload(
            .bytes(bytes), to: root.appending(name),
            aside: root.appending(FileSystem.asidePrefix + Digest.of(name).short),
            digest: Digest.of(bytes), size: Int64(bytes.count))
        upload.isDurable = true
        var isGiven = false
        try ask { () throws(SFTPError) in
            try client.upload(
                { () throws(SFTPError) in
                    defer { isGiven = true }
                    return isGiven ? nil : (upload, UploadEvents())
                }, isInterrupted: { false })
        }
    }
}
