import CPosix
import Glibc
import Posix

extension ProcessCommand {
    /// Starts the program with these descriptors as its 0, 1 and 2; its process number.
    ///
    /// - Parameter tracing: as `ChildProcess.init` has it.
    func spawn(
        _ descriptors: [Int32], tracing: ((Int32, String) -> Void)? = nil
    ) throws(ProcessError) -> Int32 {
        let path = try executable()
        guard !hasZeroByte else { throw .spawnFailed(path, code: EINVAL) }
        Signals.ignoreBrokenPipes()
        let argumentStrings = CStrings(arguments)
        let environmentStrings = CStrings(
            environment.compactMap { name, value in value.map { "\(name)=\($0)" } })
        let variables = inheritedEnvironment() + environmentStrings.pointers
        var pid: Int32 = 0
        var code: Int32 = 0
        var listener: Int32 = -1
        var isTraced = tracing != nil
        for pauseMs in [1, 4, 16, 64, 0] {
            code = withExtendedLifetime((argumentStrings, environmentStrings)) {
                if isTraced {
                    let code = cposix_spawn_traced(
                        &pid, &listener, path, argumentStrings.pointers, variables, directory,
                        descriptors, isSession ? 1 : 0)
                    if code >= 0 { return code }
                    isTraced = false
                }
                return cposix_spawn(
                    &pid, path, argumentStrings.pointers, variables, directory, descriptors,
                    isSession ? 1 : 0)
            }
            // A program that was written just now may still be open in a child that another thread is starting,
            // until that child has begun its own program.
            guard code == ETXTBSY else { break }
            _ = try? Poll.wait([], timeoutMs: pauseMs)  // try?: then it tries again sooner
        }
        guard code == 0 else { throw .spawnFailed(path, code: code) }
        if isTraced { tracing?(listener, path) }
        return pid
    }

    // Passed on as they are, not by way of strings: a value need not be UTF-8.
    private func inheritedEnvironment() -> [UnsafeMutablePointer<CChar>?] {
        var kept: [UnsafeMutablePointer<CChar>?] = []
        var next = cposix_environment()
        while let entry = next.pointee {
            if !isOverridden(entry) { kept.append(entry) }
            next += 1
        }
        return kept
    }

    private func isOverridden(_ entry: UnsafePointer<CChar>) -> Bool {
        guard !environment.isEmpty, let end = strchr(entry, Int32(UInt8(ascii: "="))) else {
            return false
        }
        let name = UnsafeRawBufferPointer(start: entry, count: UnsafePointer(end) - entry)
        return environment.index(forKey: String(decoding: name, as: UTF8.self)) != nil
    }

    private var hasZeroByte: Bool {
        arguments.contains { $0.utf8.contains(0) }
            || directory?.utf8.contains(0) == true
            || environment.contains {
                $0.key.utf8.contains(0) || $0.value?.utf8.contains(0) == true
            }
    }
}

/// Strings as C wants them, ended by nil, for as long as this lives.
private final class CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

    deinit { for pointer in pointers { free(pointer) } }
}
