package import ArchiveHistory
import Digests
import Posix

extension Platform {
    /// That of this machine.
    package static var here: Platform {
        Platform(
            system: Host.system, library: Host.library,
            processor: Digest.of(Host.processorFeatures().joined(separator: " ")).short)
    }
}
