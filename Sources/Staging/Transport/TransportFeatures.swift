/// What a transport can do beyond what all of them can. The code that fills slots reads this table, and
/// never asks which transport it has.
package struct TransportFeatures: Hashable, Sendable {
    /// Whether files are read at the speed of a disk, so that looking is cheaper than sending again.
    package var readsCheaply: Bool
    /// Whether slots of one place may share files (hard links).
    package var sharesFiles: Bool
    /// Whether a file of one slot can be copied to another at the place, without being sent.
    package var copiesFiles: Bool
    /// Whether a file is replaced in one step. Otherwise the name is missing for a moment, which nobody
    /// sees in an idle slot.
    package var replacesAtOnce: Bool
    /// Whether a large file is continued in its middle.
    package var resumesFiles: Bool
    /// Whether `synchronize` can promise that everything is on stable storage.
    package var synchronizes: Bool
    /// Whether the time of a file that is written now (`FolderEntry.modified`) is of the place's own clock.
    package var tellsTime: Bool

    package init(
        readsCheaply: Bool, sharesFiles: Bool, copiesFiles: Bool = false, replacesAtOnce: Bool,
        resumesFiles: Bool, synchronizes: Bool, tellsTime: Bool = false
    ) {
        self.readsCheaply = readsCheaply
        self.sharesFiles = sharesFiles
        self.copiesFiles = copiesFiles
        self.replacesAtOnce = replacesAtOnce
        self.resumesFiles = resumesFiles
        self.synchronizes = synchronizes
        self.tellsTime = tellsTime
    }
}
