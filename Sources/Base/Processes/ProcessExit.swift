/// How a process ended.
package enum ProcessExit: Hashable, Sendable, CustomStringConvertible {
    /// By itself, with this status from 0 to 255.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)

    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let number): "signal \(number)"
        }
    }
}
