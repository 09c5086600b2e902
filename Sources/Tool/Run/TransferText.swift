import PipelineEngine
import Terminal

/// What is sent, for people.
enum TransferText {
    /// `412 files, 41 MB to send`, `20 from another slot`, `3 to delete`, and how long it takes.
    static func parts(_ plan: TransferPlan) -> [String] {
        let files = plan.files == 1 ? "1 file" : "\(Format.count(plan.files)) files"
        var parts = ["\(files), \(Format.bytes(plan.bytes)) to send"]
        if plan.shared > 0 { parts.append("\(Format.count(plan.shared)) from another slot") }
        if plan.kept > 0 { parts.append("\(Format.count(plan.kept)) there already") }
        parts.append("\(Format.count(plan.deletes)) to delete")
        if let seconds = plan.seconds, plan.files > 0 {
            parts.append("about \(Format.duration(seconds)) at the last measured throughput")
        }
        return parts
    }

    /// `41 MB in 3.1s, 13 MB/s`; nil where nothing was sent.
    static func summary(_ transfer: TransferSummary) -> String? {
        guard transfer.files > 0 else { return nil }
        return "\(Format.bytes(transfer.bytes)) in \(Format.duration(transfer.seconds)), "
            + rate(Double(transfer.bytes) / max(transfer.seconds, 0.001))
    }

    static func rate(_ bytesPerSecond: Double) -> String {
        Format.bytes(Int64(max(0, min(bytesPerSecond, 1e18)))) + "/s"
    }
}

/// The pace of a transfer over the last seconds. Pure: the clock is an argument.
struct TransferMeter {
    private var samples: [(nowNs: Int64, bytes: Int64, files: Int)]
    private var last: TransferProgress?

    // Long enough not to jump, short enough to show that a line has become slow.
    private static let span: Int64 = 5_000_000_000

    init(nowNs: Int64) { samples = [(nowNs, 0, 0)] }

    mutating func note(_ progress: TransferProgress, nowNs: Int64) {
        if progress.phase != last?.phase || progress.filesTotal != last?.filesTotal {
            samples = [(nowNs, progress.bytesDone, progress.filesDone)]
        }
        last = progress
        guard let newest = samples.last, nowNs - newest.nowNs >= 100_000_000 else { return }
        samples.append((nowNs, progress.bytesDone, progress.filesDone))
        while samples.count > 2, nowNs - samples[1].nowNs > Self.span { samples.removeFirst() }
    }

    /// `sending 412 of 1,000 files, 41 MB of 100 MB, 13 MB/s, 120 files/s, 4.5s left`.
    var text: String {
        guard let last else { return "" }
        let files = "\(Format.count(last.filesDone)) of \(Format.count(last.filesTotal)) files"
        let bytes = "\(Format.bytes(last.bytesDone)) of \(Format.bytes(last.bytesTotal))"
        var parts = [last.phase == .sending ? "\(files), \(bytes)" : "reading back \(bytes)"]
        if let first = samples.first, let newest = samples.last, newest.nowNs > first.nowNs {
            let seconds = Double(newest.nowNs - first.nowNs) / 1e9
            let rate = Double(newest.bytes - first.bytes) / seconds
            parts.append(TransferText.rate(rate))
            let filesRate = Double(newest.files - first.files) / seconds
            if last.phase == .sending, filesRate >= 1 {
                parts.append("\(Format.count(Int(filesRate))) files/s")
            }
            if rate > 0 {
                let left = Double(max(0, last.bytesTotal - last.bytesDone)) / rate
                parts.append("\(Format.duration(left)) left")
            }
        }
        return parts.joined(separator: ", ")
    }
}
