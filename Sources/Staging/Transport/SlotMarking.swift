import Paths

// Marker, token and leftovers of a slot, by the tool's own files: the same for every transport. Those over which each
// request takes long do the same in fewer journeys.
extension Transport {
    package func readMarker() throws(TransportError) -> [UInt8]? {
        try readOwn(SlotMarker.fileName)
    }

    package func fillingToken() throws(TransportError) -> String? {
        try readOwn(SlotNames.filling).map { String(decoding: $0, as: UTF8.self) }
    }

    package func beginFilling(_ token: String) throws(TransportError) {
        // The slot itself.
        try makeFolders([])
        try writeOwn(SlotNames.filling, Array(token.utf8))
        try removeMarker()
    }

    package func writeMarker(_ bytes: [UInt8]) throws(TransportError) {
        try makeFolders([])
        try synchronize()
        try writeOwn(SlotMarker.fileName, bytes)
        try removeOwn(SlotNames.filling)
    }

    package func removeMarker() throws(TransportError) { try removeOwn(SlotMarker.fileName) }

    package func removeLeftovers(_ names: [String]) throws(TransportError) {
        var paths: [RelativePath] = []
        for name in names {
            guard SlotNames.isAside(PathText.name(name)), let path = RelativePath(leftover: name)
            else {
                throw .badName(name)
            }
            paths.append(path)
        }
        try delete(paths, isInterrupted: { false })
    }
}
