import Posix

extension DirectoryRoute {
    package func entries(of folder: RelativePath?) throws(RouteError) -> [FolderEntry]? {
        let place = folder.map(place) ?? root
        if let folder {
            guard try reachFolder(folder) else { return nil }
        } else {
            guard try kind(root) == .folder else { return nil }
        }
        let names = try system { () throws(PosixError) in try FileSystem.entries(of: place) }
        var found: [FolderEntry] = []
        for name in names {
            let status = try system { () throws(PosixError) in
                name.isValidUTF8 ? try FileSystem.linkStatus("\(place)/\(name.name)") : nil
            }
            let kind: RouteEntry.Kind =
                switch status?.kind {
                case .file: .file(size: status?.size ?? 0)
                case .directory: .folder
                default: .other
                }
            found.append(
                FolderEntry(
                    name: name.name, kind: kind,
                    modified: status.map { $0.modifiedNs / 1_000_000_000 }))
        }
        return found
    }

    package func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(RouteError) -> Void,
        end: @escaping (Int, Bool) throws(RouteError) -> Void, isInterrupted: InterruptionCheck
    ) throws(RouteError) {
        for (number, file) in files.enumerated() {
            guard case .file? = try status(of: file.path) else {
                try end(number, false)
                continue
            }
            let place = place(file.path)
            let input = try system { () throws(PosixError) in try Descriptors.open(place, .read) }
            defer { Descriptors.close(input) }
            while true {
                guard !isInterrupted() else { throw .interrupted }
                let bytes = try system { () throws(PosixError) in
                    try Descriptors.read(input, upTo: 1 << 20, path: place)
                }
                if bytes.isEmpty { break }
                try take(number, bytes[...])
            }
            try end(number, true)
        }
    }
}
