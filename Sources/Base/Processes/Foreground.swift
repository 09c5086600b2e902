import Glibc
import Posix

/// A program that a person talks to: it has the terminal until it ends.
package enum Foreground {
    /// Starts the command with this process's streams and waits for its end. Where there is a terminal, keys such
    /// as Ctrl-C are the program's (tcsetpgrp(3)).
    ///
    /// - Parameter cancel: ends the program: its terminal is gone, or this process is instructed to end.
    package static func run(
        _ command: ProcessCommand, cancel: Cancellation? = nil
    ) throws(ProcessError) -> ProcessExit {
        let child = try ChildProcess(command, standardInput: .inherit)
        let own = getpgrp()
        let hasTerminal = tcgetpgrp(0) == own
        // Taking the terminal back is done from the background, which would stop this process.
        let before = signal(SIGTTOU, SIG_IGN)
        defer {
            if hasTerminal { tcsetpgrp(0, own) }
            signal(SIGTTOU, before)
        }
        if hasTerminal {
            tcsetpgrp(0, child.pid)
            // It may have asked for input too early, which stops it.
            child.signal(SIGCONT)
        }
        while true {
            if let exit = child.poll() { return exit }
            _ = try? Poll.wait(  // try?: then it only asks sooner
                [(child.processDescriptor, .readable), (cancel?.descriptor ?? -1, .readable)],
                timeoutMs: 1000)
            if cancel?.isCancelled == true { child.signal(SIGTERM) }
        }
    }
}
