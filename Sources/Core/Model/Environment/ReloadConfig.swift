/// What is done once a release runs, because something keeps what it has read of the data before.
package struct ReloadConfig: Sendable, Hashable {
    /// Folders beside the slots whose content is deleted: caches that were made from data.
    package let drop: [String]
    /// What makes the site read its data again; nil for nothing.
    package let request: Request?
    /// The job that the request has begun; nil where its answer is the end of it.
    package let poll: Poll?

    package struct Request: Sendable, Hashable {
        package enum Method: String, CaseIterable, Sendable {
            case get = "GET"
            case post = "POST"
            case put = "PUT"
        }

        package let method: Method
        /// A path of the site, or a whole address.
        package let url: String
        package let body: String?
        package let headers: [String: String]
        /// Headers whose values are variables of the environment of the one who deploys.
        package let secretHeaders: [String: String]
    }

    package struct Poll: Sendable, Hashable {
        /// With `{member}` for what the request answered, dots between members.
        package let url: String
        /// The member of the answer that says how the job is.
        package let member: String
        package let succeeded: [String]
        package let failed: [String]
        /// Seconds.
        package let every: Double
        package let within: Double
    }
}
