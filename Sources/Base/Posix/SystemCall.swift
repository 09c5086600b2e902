import Glibc

/// Repeats `body` while a signal interrupts it; its error number when it answers -1.
@inline(__always)
func systemCall<Result: SignedInteger>(
    _ call: String, _ path: String? = nil, _ body: () -> Result
) throws(PosixError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw PosixError(call: call, path: path, code: code) }
    }
}

/// As `systemCall`, with the path as a C string. A path with a zero byte inside is `EINVAL`: C would
/// silently cut it there and act on another file.
@inline(__always)
@discardableResult
func systemCall<Result: SignedInteger>(
    _ call: String, path: String, _ body: (UnsafePointer<CChar>) -> Result
) throws(PosixError) -> Result {
    var code: Int32 = 0
    let result = path.withCString { pointer in
        attempt(pointer, length: path.utf8.count, &code, body)
    }
    if code != 0 { throw PosixError(call: call, path: path, code: code) }
    return result
}

@inline(__always)
func attempt<Result: SignedInteger>(
    _ pointer: UnsafePointer<CChar>, length: Int, _ code: inout Int32,
    _ body: (UnsafePointer<CChar>) -> Result
) -> Result {
    guard strlen(pointer) == length else {
        code = EINVAL
        return -1
    }
    while true {
        let result = body(pointer)
        if result != -1 { return result }
        if errno != EINTR {
            code = errno
            return -1
        }
    }
}
