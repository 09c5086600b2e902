import PipelineEngine
import PipelineModel
import Slots

extension DataVerification {
    var verification: Verification {
        switch self {
        case .sizes: .sizes
        case .sample: .sample
        case .full: .full
        }
    }
}

extension TransferProgress {
    init(_ progress: SlotProgress) {
        self.init(
            phase: progress.phase == .sending ? .sending : .verifying,
            filesDone: progress.filesDone, filesTotal: progress.filesTotal,
            bytesDone: progress.bytesDone, bytesTotal: progress.bytesTotal,
            path: progress.path?.text)
    }
}
