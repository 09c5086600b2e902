import Posix

extension DirectoryRoute {
    package func readMarker() throws(RouteError) -> [UInt8]? {
        try own(SlotMarker.fileName)
    }

    package func fillingToken() throws(RouteError) -> String? {
        try own(SlotNames.filling).map { String(decoding: $0, as: UTF8.self) }
    }

    private func own(_ name: String) throws(RouteError) -> [UInt8]? {
        let path = "\(root)/\(name)"
        return try system { () throws(PosixError) in
            guard try FileSystem.linkStatus(path)?.kind == .file else { return nil }
            return try FileSystem.read(path, limit: 1 << 16)
        }
    }

    package func beginFilling(_ token: String) throws(RouteError) {
        try makeRoot()
        try system { () throws(PosixError) in
            try FileSystem.writeAtomically(
                Array(token.utf8), to: "\(root)/\(SlotNames.filling)")
        }
        try removeMarker()
    }

    package func writeMarker(_ bytes: [UInt8]) throws(RouteError) {
        try makeRoot()
        try synchronize()
        try system { () throws(PosixError) in
            try FileSystem.writeAtomically(bytes, to: "\(root)/\(SlotMarker.fileName)")
            try FileSystem.remove("\(root)/\(SlotNames.filling)")
        }
    }

    package func freeBytes() throws(RouteError) -> Int64? {
        let place = try kind(root) == nil ? folder(of: root) : root
        return try? FileSystem.freeBytes(place)
    }

    package func move(to root: String) throws(RouteError) {
        try system { () throws(PosixError) in
            try FileSystem.rename(self.root, to: root)
            try FileSystem.synchronize(folder(of: root))
        }
    }

    package func removeRoot() throws(RouteError) {
        try system { () throws(PosixError) in
            for name in SlotNames.own { try FileSystem.remove("\(root)/\(name)") }
            try FileSystem.removeDirectory(root)
        }
    }

    package func removeMarker() throws(RouteError) {
        let path = "\(root)/\(SlotMarker.fileName)"
        try system { () throws(PosixError) in
            guard try FileSystem.linkStatus(path) != nil else { return }
            try FileSystem.remove(path)
            try FileSystem.synchronize(root)
        }
    }
}
