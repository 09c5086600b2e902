extension FileFormat {
    /// The end of the central directory is the last of the file (APPNOTE, 4.3.16).
    package static let zip = FileFormat(
        "zip", endings: ["zip", "npz", "xlsx"],
        help: "A ZIP archive, as `numpy.savez` and Excel write: ends with its directory."
    ) { file in
        let tail = try file.tail(22 + 65535)
        let mark: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
        guard tail.count >= 22 else { return "has no ZIP directory at its end" }
        for start in stride(from: tail.count - 22, through: 0, by: -1)
        where tail[start] == mark[0] && Array(tail[start..<start + 4]) == mark {
            let comment = Int(littleEndian(tail[(start + 20)..<(start + 22)]))
            if start + 22 + comment == tail.count { return nil }
        }
        return "has no ZIP directory at its end"
    }
}
