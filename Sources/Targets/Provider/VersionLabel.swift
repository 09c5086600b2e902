package import Digests

/// The label of an application version: which release it is, from which slot it reads, and the start of its
/// bundle's digest, so that equal labels are equal bundles no matter who made them.
package struct VersionLabel: Hashable {
    package let release: Int64
    package let slot: String
    package let digest: String

    package init(release: Int64, slot: String, bundle: Digest) {
        self.release = release
        self.slot = slot
        digest = String(bundle.hex.prefix(12))
    }

    /// nil for labels of others.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].first == "r", let release = Int64(parts[0].dropFirst()),
            let last = parts.last, last.count == 12, last.allSatisfy(\.isHexDigit)
        else { return nil }
        self.release = release
        slot = parts[1..<(parts.count - 1)].joined(separator: "-")
        digest = String(last)
        guard !slot.isEmpty else { return nil }
    }

    package var text: String { "r\(release)-\(slot)-\(digest)" }
}
