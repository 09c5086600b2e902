import CCrypto

/// SHA-256 over bytes that come piece by piece, by OpenSSL's EVP interface (EVP_DigestInit(3)).
package struct Hasher256: ~Copyable {
    private let context: OpaquePointer

    package init() {
        context = ccrypto_sha256_begin()
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        ccrypto_sha256_update(context, bytes.baseAddress, bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The UTF-8 of the text. Two texts in a row give what their concatenation gives: put a
    /// separator that neither holds, or a length, between fields.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The digest of all that came, after which the hasher is as new.
    package mutating func finish() -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) {
            ccrypto_sha256_finish(context, $0.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
        return Digest(bigEndian: words)
    }
}

extension Digest {
    package static func of(_ bytes: [UInt8]) -> Digest {
        var hasher = Hasher256()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of bytes in place.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = Hasher256()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of the UTF-8 of a text.
    package static func of(_ text: String) -> Digest {
        var hasher = Hasher256()
        hasher.update(text)
        return hasher.finish()
    }
}
