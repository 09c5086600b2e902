package import Slots

extension ArchivePlace {
    package static let locks = "locks"

    /// The folder of an environment's lock, which is made where it is not there.
    package func lock(of environment: String) throws -> any Transport {
        let folder = "\(Self.locks)/\(environment)"
        try reaching { try self.root().makeFolders([try RelativePath(folder)]) }
        return self.folder(folder)
    }
}
