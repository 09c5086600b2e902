import DeployTargets
import Docker
import Paths
import PipelineEngine
import PipelineModel
import Posix
import Texts

/// What gets neither into an image nor into a preview, whatever an ignore file has: this tool's own state and definition, and
/// credentials that the stage does not keep.
struct ContextRules {
    /// Relative to the project; "." for the project itself.
    let root: String
    let keep: [PathPattern]
    private(set) var credentials: [String] = []

    init(_ image: ImageStage) {
        root = image.context
        keep = image.keep
    }

    /// - Parameter path: in the context.
    mutating func withholds(_ path: String, _ kind: FileKind) throws -> Bool {
        let inProject = root == "." ? path : "\(root)/\(path)"
        if OwnFiles.isOwn(inProject) { return true }
        guard kind == .file, try Self.isCredential(path, at: "\(root)/\(path)"),
            !keep.contains(where: { $0.matches(inProject) })
        else { return false }
        credentials.append(inProject)
        return true
    }

    private static let keyNames: Set = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"]
    private static let exampleEnds = [".example", ".sample", ".template", ".dist", ".tmpl"]

    private static func isCredential(_ path: String, at place: String) throws -> Bool {
        let name = path.split(separator: "/").last?.lowercased() ?? ""
        if exampleEnds.contains(where: name.hasSuffix) { return false }
        if name == ".env" || name.hasPrefix(".env.") || keyNames.contains(name) { return true }
        guard [".pem", ".key", ".ppk"].contains(where: name.hasSuffix) else { return false }
        // A certificate alone is public.
        let head = String(decoding: try FileSystem.readHead(place, limit: 1 << 16), as: UTF8.self)
        return head.contains("PRIVATE KEY") || head.hasPrefix("PuTTY-User-Key-File")
    }
}

extension ShippingContext {
    /// What an image, or a preview, is made of. What is left out and may be missed is a remark.
    func buildContext(of image: ImageStage) throws -> BuildContext {
        var rules = ContextRules(image)
        let build = try BuildContext.read(
            root: image.context, dockerfile: image.dockerfile,
            needsDockerfile: target.lacksImage == nil,
            withholds: { try rules.withholds($0, $1) }, digest: digest)
        let found = rules.credentials
        if let first = found.first {
            let more = found.count > 1 ? " and \(found.count - 1) more" : ""
            let text =
                "\(first)\(more) may hold credentials and stays out of the image and of previews; "
                + "\"keep: \(first)\" in the image stage keeps it in"
            remark(text)
            withheldRemark = text
        }
        return build
    }
}
