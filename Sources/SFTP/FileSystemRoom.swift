/// What `statvfs@openssh.com` answers, as far as it is about room (statvfs(3)).
struct FileSystemRoom {
    /// Bytes for unprivileged users: f_bavail, the fifth number, in units of f_frsize, the second.
    let free: Int64

    init?(_ reply: ArraySlice<UInt8>) {
        var reader = PacketReader(reply)
        var numbers: [UInt64] = []
        for _ in 0..<5 {
            guard let number = try? reader.uint64() else { return nil }
            numbers.append(number)
        }
        let (bytes, isTooMuch) = numbers[1].multipliedReportingOverflow(by: numbers[4])
        free = isTooMuch ? .max : Int64(clamping: bytes)
    }
}
