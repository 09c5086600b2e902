package import Processes

/// A name that an image has on this machine.
package struct LocalImage: Hashable, Sendable, Decodable {
    package let repository: String
    package let tag: String
    /// Of the image, whatever its names.
    package let id: String
    /// For people: `123MB`.
    package let size: String

    package var name: String { "\(repository):\(tag)" }

    enum CodingKeys: String, CodingKey {
        case repository = "Repository"
        case tag = "Tag"
        case id = "ID"
        case size = "Size"
    }
}

extension DockerEngine {
    /// The names that images of a repository have on this machine.
    package func images(
        of repository: String, cancel: Cancellation? = nil
    ) throws(DockerError) -> [LocalImage] {
        let arguments = DockerCommand.listImages(repository)
        let output = try run(arguments, cancel: cancel)
        var found: [LocalImage] = []
        for line in output.standardOutputText.split(whereSeparator: \.isNewline) {
            found.append(try decode(LocalImage.self, from: Array(line.utf8), arguments))
        }
        return found.filter { $0.tag != "<none>" }
    }
}

extension DockerCommand {
    package static func listImages(_ repository: String) -> [String] {
        ["docker", "image", "ls", "--no-trunc", "--format", "{{json .}}", repository]
    }
}
