/// What `statvfs@openssh.com` answers, as far as it is about room (statvfs(3)).
struct FileSystemRoom {
    /// Bytes for unprivileged users: f_bavail, the fifth number, in units of f_frsize, the second.
    /// EFS tells of 8 EiB, to which nothing could be added any more: more than `most` is reported as that.
    let free: Int64

    static let most: Int64 = 1 << 60

    init?(_ reply: ArraySlice<UInt8>) {
        var reader = PacketReader(reply)
        var numbers: [UInt64] = []
        for _ in 0..<5 {
            guard let number = try? reader.uint64() else { return nil }  // try?: it tells nothing
            numbers.append(number)
        }
        let (bytes, isTooMuch) = numbers[1].multipliedReportingOverflow(by: numbers[4])
        free = isTooMuch ? Self.most : min(Int64(clamping: bytes), Self.most)
    }
}
