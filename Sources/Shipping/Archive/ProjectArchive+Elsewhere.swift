package import ArchiveHistory
package import PipelineLedger

/// What keeps a result of another clone from being used here.
extension ProjectArchive {
    /// What the archive has of a unit, the newest first.
    package func results(of unit: String) throws -> [ResultElsewhere] {
        try asking { archive, reader in
            try reader.archivedResults(unit: unit, in: archive)
        } ?? []  // no archive was read
    }

    /// What of a machine keeps a result from being used here, as names with both values.
    package func differences(
        from other: Platform, isPortable: Bool
    ) -> [(name: String, there: String, here: String)] {
        var found = [("platform", other.system, platform.system)]
        if !isPortable {
            found.append(("C library", other.library, platform.library))
            found.append(("processor features", other.processor, platform.processor))
        }
        return found.filter { $0.1 != $0.2 }.map { (name: $0.0, there: $0.1, here: $0.2) }
    }
}
