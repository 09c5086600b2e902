import AWS
import Synchronization
import Testing

@testable import PipelineShipping

struct RetryNotesTests {
    @Test("D10: a service that is busy for long is reported, every five seconds and no more")
    func tells() {
        let told = Mutex<[String]>([])
        let notes = RetryNotes()
        let call = AWSCall("ecs", "describe-services")
        notes.retried(call, "ThrottlingException", 6)
        notes.tell { text in told.withLock { $0.append(text) } }
        for seconds in [0.3, 1, 4.9, 5.2, 7, 9, 10.3, 14] {
            notes.retried(call, "ThrottlingException", seconds)
        }
        #expect(
            told.withLock { $0 } == [
                "\"ecs describe-services\" got no good answer for 5 s (ThrottlingException); trying again",
                "\"ecs describe-services\" got no good answer for 10 s (ThrottlingException); trying again",
            ])
    }
}
