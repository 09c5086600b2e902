import Bundles
import Digests

extension BundleSettings {
    static let digest = String(repeating: "ab", count: 32)

    /// A release whose slot is on the file system that the example mounts.
    static func example(
        hostFolder: String = "/efs_data/data/slot-a",
        _ change: (inout BundleSettings) -> Void = { _ in }
    ) -> BundleSettings {
        var settings = BundleSettings(
            image: "public.ecr.aws/lab/ct-site@sha256:\(digest)", hostFolder: hostFolder,
            containerFolder: "/app/data", release: 7, manifest: Digest.of("manifest"))
        change(&settings)
        return settings
    }
}

extension BundlePlan {
    func entry(_ path: String) -> BundleEntry? { entries.first { $0.path == path } }

    func text(_ path: String) -> String? {
        guard case .bytes(let bytes)? = entry(path)?.content else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The findings without those about the mount, where a test is about something else.
    var findingTexts: [String] {
        findings.filter { $0.file != ".platform/hooks/predeploy" }.map(\.description)
    }
}
