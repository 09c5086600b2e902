import Posix

/// Runs `body` with a new folder, which is gone afterwards.
func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let temporary = Environment.value("TMPDIR") ?? "/tmp"
    let path = FileSystem.temporaryPath(beside: temporary + "/posix-tests")
    try FileSystem.createDirectories(path)
    defer { try? FileSystem.removeTree(path) }
    return try body(path)
}
