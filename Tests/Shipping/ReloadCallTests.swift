import Failures
import Testing

@testable import PipelineModel
@testable import PipelineShipping

@Suite("What makes a site read its data again")
struct ReloadCallTests {
    /// As of services whose environment's file has no `url`.
    @Test("a path of the site needs an address of the site")
    func noAddress() {
        let request = ReloadConfig.Request(
            method: .post, url: "/reload", body: nil, headers: [:], secretHeaders: [:])
        let call = ReloadCall(
            place: ReloadConfig(drop: [], request: request, poll: nil), request: request,
            address: nil, cancel: nil, note: { _ in })
        let error = #expect(throws: ReloadError.self) { try call.run() }
        #expect(error?.failure.code == "reload-no-address", "\(String(describing: error))")
    }
}
