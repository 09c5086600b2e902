import CPosix
import Glibc
import Posix
import Synchronization

/// A process that was started here, in a process group of its own.
///
/// Its number stays reserved for as long as this object lives, also after its end: a signal can never hit
/// another process. The object being dropped closes its descriptors and does not stop the process; so keep
/// it for as long as they are in use, and call `wait` or `terminate` at the end: a process that ends after
/// its object stays a zombie until this process ends.
package final class ChildProcess: Sendable {
    package let command: ProcessCommand
    /// The number of the process and of its group.
    package let pid: Int32
    /// Readable once the process has ended (pidfd_open(2)).
    package let processDescriptor: Int32
    /// The end to read from where the stream is a `.pipe`; blocking.
    package let standardOutput: Int32?
    package let standardError: Int32?
    private let input: Mutex<Int32?>

    /// Starts the command.
    ///
    /// - Parameter tracing: takes the descriptor that tells what the process opens (`cposix_spawn_traced`), and owns it,
    ///   and the path of the program; not called where the system does not tell.
    package init(
        _ command: ProcessCommand, standardInput: Redirection = .null,
        standardOutput: Redirection = .inherit, standardError: Redirection = .inherit,
        tracing: ((_ listener: Int32, _ program: String) -> Void)? = nil
    ) throws(ProcessError) {
        let launched = try Launch(
            command, [standardInput, standardOutput, standardError], tracing: tracing)
        self.command = command
        pid = launched.pid
        processDescriptor = launched.processDescriptor
        input = Mutex(launched.streams[0].parent)
        self.standardOutput = launched.streams[1].parent
        self.standardError = launched.streams[2].parent
    }

    deinit {
        closeStandardInput()
        for descriptor in [standardOutput, standardError] {
            if let descriptor { close(descriptor) }
        }
        var (signalled, value): (Int32, Int32) = (0, 0)
        // One that still runs is a child as before, and no orphan.
        if cposix_exit(processDescriptor, 0, &signalled, &value) == 1 {
            ChildRegistry.ending(pid) {
                _ = cposix_exit(processDescriptor, 1, &signalled, &value)
            }
        }
        close(processDescriptor)
    }

    /// The end to write to where the input is a `.pipe` that is still open; blocking.
    package var standardInput: Int32? { input.withLock { $0 } }

    /// Ends the input of the process. The one who writes to it does so, and not another thread meanwhile.
    package func closeStandardInput() {
        input.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    /// How the process ended; nil while it runs.
    package func poll() -> ProcessExit? {
        var (signalled, value): (Int32, Int32) = (0, 0)
        // Left unreaped until the end of this object, which is what reserves the number.
        guard cposix_exit(processDescriptor, 0, &signalled, &value) == 1 else { return nil }
        return signalled != 0 ? .signalled(value) : .exited(value)
    }

    /// Waits for the end of the process, not for that of its own children.
    package func wait() -> ProcessExit {
        while true {
            if let exit = wait(timeoutMs: 3_600_000) { return exit }
        }
    }

    /// Waits for the end of the process; nil when it still runs after `timeoutMs` milliseconds.
    package func wait(timeoutMs: Int) -> ProcessExit? {
        if let exit = poll() { return exit }
        _ = try? Poll.wait(  // try?: then it only asks sooner
            [(processDescriptor, .readable)], timeoutMs: timeoutMs)
        return poll()
    }

    /// Ends all processes of the group, as long as this object lives: its number is given to no other until then.
    package func killGroup() { signal(SIGKILL) }

    /// Sends a signal to all processes of the group.
    package func signal(_ number: Int32) { _ = kill(-pid, number) }
}
