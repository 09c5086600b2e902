import ArchiveHistory
package import Digests
import PipelineEngine
import PipelineLedger
package import PipelinePlanning

/// What a run asks of the history that was read.
extension ProjectArchive {
    package func successes(
        recipe: Digest, inputs: Digest, isPortable: Bool
    ) throws -> [UnitMemory.Success] {
        try asking { archive, reader in
            try reader.archivedSuccesses(
                recipe: recipe, inputs: inputs, in: archive, on: platform, isPortable: isPortable)
        } ?? []  // no archive was read
    }

    package func isSameProgram(_ path: String, as other: Digest) throws -> Bool {
        let there = try asking { archive, reader in
            try reader.archivedVersion(ofProgram: other, in: archive)
        }
        guard let version = there ?? nil else { return false }
        return programs.version(of: path) == version
    }

    package func holds(_ digests: [Digest]) throws -> Bool {
        try asking { archive, reader in
            let held = try reader.archivedObjects(digests, in: archive).map(\.digest)
            return Set(held).isSuperset(of: digests)
        } ?? false  // no archive was read
    }

    package func isQuicker(bytes: Int64, thanRunning milliseconds: Int64) -> Bool {
        guard let rate = ArchiveMemory.bytesPerSecond, bytes > 1 << 20 else { return true }
        return Double(bytes) / rate < Double(milliseconds) / 1000
    }
}
