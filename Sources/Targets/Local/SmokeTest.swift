import HTTP
package import Processes
import Texts

/// One page that must answer before a release counts.
package struct SmokeTest: Sendable {
    package let path: String
    package let status: Int
    package let contains: String?

    package init(path: String, status: Int, contains: String?) {
        self.path = path
        self.status = status
        self.contains = contains
    }

    /// - Returns: what is wrong; nil when nothing is.
    package func failure(at address: String, cancel: Cancellation?) -> String? {
        let url = address + path.drop { $0 == "/" }
        do throws(HTTPError) {
            let response = try HTTPClient().send(
                HTTPRequest(.get, url, timeout: 30, bodyLimit: 32 << 20), cancel: cancel)
            if response.status != status {
                return "\(path) answers with status \(response.status), not \(status)"
            }
            if let contains, !response.text.contains(contains) {
                return "\(path) does not hold \"\(contains)\""
            }
            return nil
        } catch {
            return "\(path): \(error)"
        }
    }
}
