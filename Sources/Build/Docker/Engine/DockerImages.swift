package import Processes

extension DockerEngine {
    /// Builds an image; what Docker prints goes to `onLine` line by line.
    ///
    /// The image may be there although this throws, as it may be after a kill; building it again is
    /// cheap, since Docker keeps the layers.
    package func build(
        _ build: ImageBuild, onLine: LineHandler? = nil, cancel: Cancellation? = nil
    ) throws(DockerError) -> ImageDetails {
        _ = try run(
            DockerCommand.build(build), timeout: nil, cancel: cancel, onLine: onLine,
            failure: { .buildFailed(context: build.context, lines: $0) })
        let tag = build.tags.first ?? ""
        guard let image = try image(tag, cancel: cancel) else { throw .noSuchImage(tag) }
        return image
    }

    /// The image of this name, id or digest on this machine; nil when there is none.
    package func image(
        _ reference: String, cancel: Cancellation? = nil
    ) throws(DockerError) -> ImageDetails? {
        let arguments = DockerCommand.inspectImage(reference)
        guard let output = try find(arguments, cancel: cancel) else { return nil }
        return try decode([ImageDetails].self, from: output, arguments).first
    }

    package func tag(
        _ image: String, as name: String, cancel: Cancellation? = nil
    ) throws(DockerError) {
        _ = try run(DockerCommand.tag(image, as: name), cancel: cancel)
    }

    /// Pushes `name:tag` and returns what Docker says to have sent.
    package func push(
        _ reference: String, onLine: LineHandler? = nil, cancel: Cancellation? = nil
    ) throws(DockerError) -> PushedImage {
        let output = try run(
            DockerCommand.push(reference), timeout: nil, cancel: cancel, onLine: onLine,
            failure: { .pushFailed(reference: reference, lines: $0) })
        guard let pushed = PushedImage(pushOutput: output.standardOutputText) else {
            throw .noDigest(reference: reference)
        }
        return pushed
    }

    package func pull(
        _ reference: String, onLine: LineHandler? = nil, cancel: Cancellation? = nil
    ) throws(DockerError) {
        _ = try run(DockerCommand.pull(reference), timeout: nil, cancel: cancel, onLine: onLine)
    }

    /// Takes a name from an image, and the image away with its last name.
    package func removeImage(
        _ reference: String, cancel: Cancellation? = nil
    ) throws(DockerError) {
        _ = try run(DockerCommand.removeImage(reference), cancel: cancel)
    }
}
