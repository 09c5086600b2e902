/// What to build an image from.
package struct ImageBuild: Hashable, Sendable {
    /// The folder of the context.
    package var context: String
    /// Relative to the context.
    package var dockerfile: String
    /// The stage of the Dockerfile that is built; nil for its last one.
    package var target: String?
    /// The names to give the image, with their tags.
    package var tags: [String]
    /// As Docker writes it: `linux/amd64`.
    package var platform: String
    /// Build arguments by name. They stay readable in the image: not a place for secrets.
    package var arguments: [String: String]
    package var labels: [String: String]

    package init(
        context: String, dockerfile: String = "Dockerfile", target: String? = nil, tags: [String],
        platform: String, arguments: [String: String] = [:], labels: [String: String] = [:]
    ) {
        self.context = context
        self.dockerfile = dockerfile
        self.target = target
        self.tags = tags
        self.platform = platform
        self.arguments = arguments
        self.labels = labels
    }
}
