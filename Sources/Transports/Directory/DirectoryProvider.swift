import PipelineModel
import Slots
package import TransportProviders

extension TransportProvider {
    /// A folder of this machine, such as a mounted EFS; relative to the project.
    package static let directory = TransportProvider(
        schema: TransportSchema(name: "directory"), isLocal: true, hasLinks: true,
        identity: { "directory:\($0.plainRoot)" },
        access: .lasting { DirectoryConnection($0.options.root) })
}

private final class DirectoryConnection: TransportConnection {
    private let root: String

    init(_ root: String) { self.root = root }

    /// The root of a place may be a link; a slot that is one leads elsewhere.
    func transport(_ folder: String) -> any Transport {
        folder.isEmpty
            ? DirectoryTransport(root: root)
            : DirectoryTransport(root: "\(root)/\(folder)", followsRoot: false)
    }
}
