/// How the content of a pack is compressed. Each is in Linux's squashfs as Debian builds it.
package enum Compression: String, CaseIterable, Sendable {
    /// The smallest packs; reading costs the most.
    case xz
    /// A little larger, and decompressed with a tenth of the work.
    case zstd
    /// For kernels that have neither.
    case gzip
}
