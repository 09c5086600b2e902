/// The records of a zip file (PKWARE's APPNOTE.TXT 6.3.10), as far as a bundle needs them.
///
/// Written here and not by zip(1), because equal content must give equal bytes: zip is not installed
/// everywhere, stores times in the zone of the machine, takes names line by line, so that none may hold a
/// line end, and its compression differs by version. Nothing is compressed: a bundle is a few small texts,
/// and so its size is known before it is written. Without the 64-bit extension: Beanstalk takes far less
/// than 4 GiB.
enum ZipArchive {
    /// Beanstalk takes no larger source bundle
    /// (docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-sourcebundle.html: 500 MB).
    static let maximumBytes: Int64 = 500_000_000
    /// What 16 bits count.
    static let maximumEntries = 65_535

    struct Member {
        let name: [UInt8]
        let isExecutable: Bool
        let checksum: UInt32
        let size: UInt32

        /// Names beyond ASCII are declared to be UTF-8 (4.4.4, bit 11).
        private var flags: UInt16 { name.contains { $0 >= 0x80 } ? 1 << 11 : 0 }

        var localHeader: [UInt8] {
            var bytes = ByteWriter()
            bytes.append(0x0403_4B50 as UInt32)
            appendCommon(to: &bytes)
            return bytes.bytes + name
        }

        func centralHeader(offset: UInt32) -> [UInt8] {
            var bytes = ByteWriter()
            bytes.append(0x0201_4B50 as UInt32)
            // Made on Unix (3), which is why the mode below counts, by version 2.0.
            bytes.append(3 << 8 | 20 as UInt16)
            appendCommon(to: &bytes)
            // No comment, the first disk, no internal attributes.
            for _ in 0..<3 { bytes.append(0 as UInt16) }
            // A regular file and its permissions, in the upper half as Unix programs have it.
            bytes.append((isExecutable ? 0o100755 : 0o100644) << 16 as UInt32)
            bytes.append(offset)
            return bytes.bytes + name
        }

        private func appendCommon(to bytes: inout ByteWriter) {
            bytes.append(20 as UInt16)
            bytes.append(flags)
            // Stored, at midnight of 1980-01-01: the first time that there is in this format.
            bytes.append(0 as UInt16)
            bytes.append(0 as UInt16)
            bytes.append(1 << 5 | 1 as UInt16)
            bytes.append(checksum)
            bytes.append(size)
            bytes.append(size)
            bytes.append(UInt16(name.count))
            bytes.append(0 as UInt16)
        }
    }

    static func end(entries: Int, directorySize: UInt32, directoryOffset: UInt32) -> [UInt8] {
        var bytes = ByteWriter()
        bytes.append(0x0605_4B50 as UInt32)
        for value in [0, 0, UInt16(entries), UInt16(entries)] { bytes.append(value) }
        bytes.append(directorySize)
        bytes.append(directoryOffset)
        bytes.append(0 as UInt16)
        return bytes.bytes
    }

    /// Bytes of the whole file: headers of 30 and 46 bytes with the name, an end of 22.
    static func size(of entries: [BundleEntry]) -> Int64 {
        entries.reduce(22) { $0 + $1.size + Int64(30 + 46 + 2 * $1.path.utf8.count) }
    }
}

/// Numbers with the least significant byte first.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
