import CPosix

/// Looking for bytes among bytes (memmem(3)).
package enum ByteSearch {
    /// Where `wanted` begins in `bytes`, from `start` on; nil where it does not.
    package static func first(
        _ wanted: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        guard let base = bytes.baseAddress, start >= 0, bytes.count - start >= wanted.count,
            let hit = cposix_find(base + start, bytes.count - start, wanted, wanted.count)
        else { return nil }
        return base.distance(to: hit)
    }
}
