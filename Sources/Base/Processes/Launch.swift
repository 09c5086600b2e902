import CPosix
import Glibc
import Posix

/// The start of a child: all of it, or nothing that stays open.
struct Launch {
    let pid: Int32
    let processDescriptor: Int32
    let streams: [OpenedStream]

    init(
        _ command: ProcessCommand, _ redirections: [ChildProcess.Redirection],
        tracing: ((Int32, String) -> Void)? = nil
    ) throws(ProcessError) {
        var opened: [OpenedStream] = []
        defer { for stream in opened { stream.closeChildSide() } }
        do {
            for (number, redirection) in redirections.enumerated() {
                opened.append(try Self.open(redirection, Int32(number)))
            }
            pid = try ChildRegistry.starting { () throws(ProcessError) in
                try command.spawn(opened.map(\.child), tracing: tracing)
            }
            processDescriptor = try Self.processDescriptor(of: pid)
            streams = opened
        } catch {
            for stream in opened { stream.closeParentSide() }
            throw error
        }
    }

    private static func open(
        _ redirection: ChildProcess.Redirection, _ number: Int32
    ) throws(ProcessError) -> OpenedStream {
        do { return try OpenedStream(redirection, number: number) } catch { throw .system(error) }
    }

    // Without it nobody could wait for the child: then it must not run.
    private static func processDescriptor(of pid: Int32) throws(ProcessError) -> Int32 {
        let descriptor = cposix_process_descriptor(pid)
        if descriptor >= 0 { return descriptor }
        let code = errno
        kill(-pid, SIGKILL)
        ChildRegistry.ending(pid) { while waitpid(pid, nil, 0) == -1, errno == EINTR {} }
        throw .system(PosixError(call: "pidfd_open", path: nil, code: code))
    }
}
