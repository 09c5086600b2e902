import JSON
import Posix
import Slots

/// The time since when files are needed by nothing: it must not go by the clocks of two clones where the place has one.
package struct ArchiveTime: Hashable, Sendable {
    /// Since 1970-01-01 UTC.
    package let milliseconds: Int64
    /// Whether it is of the place's clock, not of this machine's.
    package let isOfPlace: Bool

    package init(_ milliseconds: Int64, isOfPlace: Bool) {
        self.milliseconds = milliseconds
        self.isOfPlace = isOfPlace
    }

    /// Whether the grace time may end by this clock. One of a clone may run ahead: it counts only where something was added or
    /// collected within the grace time before it.
    func isTrusted(after last: ArchiveTime?, _ newestMs: Int64?, graceMs: Int64) -> Bool {
        if isOfPlace { return true }
        let signs = [last?.milliseconds, newestMs].compactMap { $0 }.filter { $0 <= milliseconds }
        guard let newest = signs.max() else { return false }
        return graceMs == 0 || milliseconds - newest <= graceMs
    }
}

extension ArchiveCollecting.Marks {
    /// Since when a file is marked, by the clock of `now`; nil where it is not, or was by another clock.
    func since(_ path: String, at now: ArchiveTime) -> Int64? {
        guard let since = since[path], let time, time.isOfPlace == now.isOfPlace,
            // A clock that went back: it was wrong before, or is now.
            max(since, time.milliseconds) <= now.milliseconds
        else { return nil }
        return since
    }
}

extension ArchiveCollecting {
    static let clockName = "pipeline-archive-clock.json"

    /// The time now: of the place, which dates a file that is written there, else of this machine.
    ///
    /// - Parameter changesNothing: nothing is written; the time is this machine's, in the place of the other.
    package func time(changesNothing: Bool) throws -> ArchiveTime {
        let here = Timestamp.now().nanoseconds / 1_000_000
        return try place.reaching {
            let root = place.root()
            guard try root.features().tellsTime else { return ArchiveTime(here, isOfPlace: false) }
            if changesNothing { return ArchiveTime(here, isOfPlace: true) }
            try root.writeOwn(
                Self.clockName, CheckedFile.bytes(["archive": .string(archive)]))
            let written = try root.entries(of: nil)?.first { $0.name == Self.clockName }
            guard let seconds = written?.modified else {
                return ArchiveTime(here, isOfPlace: false)
            }
            return ArchiveTime(seconds * 1000, isOfPlace: true)
        }
    }
}
