/// How the content of a pack is compressed. Each is in Linux's squashfs as Debian builds it.
package enum Compression: String, CaseIterable, Sendable {
    /// The smallest packs; reading costs the most.
    case xz
    /// Larger by a tenth or so, and read several times faster.
    case zstd
    /// For kernels that have neither.
    case gzip
}
