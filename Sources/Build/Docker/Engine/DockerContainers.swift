package import Processes

extension DockerEngine {
    /// Creates a container and returns its id. A name that is taken is an error.
    package func createContainer(
        _ request: ContainerRequest, cancel: Cancellation? = nil
    ) throws(DockerError) -> String {
        let output = try run(
            DockerCommand.createContainer(request), timeout: nil, cancel: cancel)
        // The id is the last line: where the image was missing, the pull is reported before it.
        let words = output.standardOutputText.split(whereSeparator: \.isWhitespace)
        guard let id = words.last else {
            throw .unreadableAnswer(
                arguments: DockerCommand.createContainer(request), reason: "no id")
        }
        return String(id)
    }

    package func startContainer(
        _ container: String, cancel: Cancellation? = nil
    ) throws(DockerError) {
        _ = try run(DockerCommand.startContainer(container), cancel: cancel)
    }

    /// Stops a container: TERM, and KILL after `grace` seconds. One that has ended is no error.
    package func stopContainer(
        _ container: String, grace: Int = 10, cancel: Cancellation? = nil
    ) throws(DockerError) {
        _ = try run(
            DockerCommand.stopContainer(container, grace: grace), timeout: Double(grace) + 60,
            cancel: cancel)
    }

    /// Removes a container, also one that runs. One that is not there is no error.
    package func removeContainer(
        _ container: String, cancel: Cancellation? = nil
    ) throws(DockerError) {
        do {
            _ = try run(DockerCommand.removeContainer(container), cancel: cancel)
        } catch {
            guard try self.container(container, cancel: cancel) != nil else { return }
            throw error
        }
    }

    /// The container of this name or id; nil when there is none.
    package func container(
        _ container: String, cancel: Cancellation? = nil
    ) throws(DockerError) -> ContainerDetails? {
        let arguments = DockerCommand.inspectContainers([container])
        guard let output = try find(arguments, cancel: cancel) else { return nil }
        return try decode([ContainerDetails].self, from: output, arguments).first
    }

    /// All containers that have these labels, running or not.
    package func containers(
        labels: [String: String], cancel: Cancellation? = nil
    ) throws(DockerError) -> [ContainerDetails] {
        let output = try run(DockerCommand.listContainers(labels: labels), cancel: cancel)
        let ids = output.standardOutputText.split(whereSeparator: \.isWhitespace).map(String.init)
        // One by one: a container that goes away meanwhile must not hide the others.
        var found: [ContainerDetails] = []
        for id in ids {
            if let details = try container(id, cancel: cancel) { found.append(details) }
        }
        return found
    }

    /// The last lines that a container wrote.
    package func logs(
        _ container: String, lines count: Int, cancel: Cancellation? = nil
    ) throws(DockerError) -> [String] {
        let output = try run(DockerCommand.logs(container, lines: count), cancel: cancel)
        let text = output.standardOutputText + output.standardErrorText
        return text.split(whereSeparator: \.isNewline).suffix(count).map(String.init)
    }
}
