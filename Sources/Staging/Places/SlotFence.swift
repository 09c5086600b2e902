/// Holds a filling to its slot: it writes on only while the slot carries its token, and the place its lock.
///
/// A process may sleep at any point, for days, and another filling may begin and end meanwhile. So the one who writes asks
/// here first, and again after a while.
final class SlotFence {
    private let writer: SlotWriter
    /// Of this filling, once it has begun.
    var token = ""
    /// Of the writer's clock; nil where nothing ends.
    private var endNs: Int64?

    // The slowest line that is worth waiting for.
    private static let bytesPerSecond: Int64 = 100_000

    init(_ writer: SlotWriter) { self.writer = writer }

    /// Whether so much time went by since the last confirmation that the slot may be another's.
    var isOver: Bool { endNs.map { writer.clock() > $0 } ?? false }

    /// - Parameters:
    ///   - filling: what was done so far.
    ///   - entry: the largest file that is sent before the next confirmation.
    func confirm(
        _ filling: SlotFilling, before entry: DataManifest.Entry? = nil
    ) throws(SlotWriterError) {
        guard writer.isFenced else { return }
        do throws(TransportError) {
            let seconds = PlaceLock.lifetime + (entry?.size ?? 0) / Self.bytesPerSecond
            endNs = try writer.lock?.confirm(forAtLeast: seconds)
            let note = try writer.route.fillingNote()
            guard note?.token == token else { throw .overtaken(by: nil) }
        } catch {
            guard case .overtaken(let other) = error else { throw .route(error) }
            throw .overtaken(
                by: other, sent: filling.filesSent + filling.filesLinked + filling.filesCopied,
                deleted: filling.filesDeleted)
        }
    }
}
