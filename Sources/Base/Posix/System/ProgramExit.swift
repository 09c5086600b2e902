import Glibc

package enum ProgramExit {
    /// Ends this process (exit(3)).
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
