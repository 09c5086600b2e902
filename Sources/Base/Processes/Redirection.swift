import Glibc
import Posix

extension ChildProcess {
    /// Where a stream of a child leads.
    package enum Redirection: Hashable, Sendable {
        /// /dev/null.
        case null
        /// The same as that of this process. A child is in a group of its own, so the terminal does not let
        /// it read (termios(3), background process groups).
        case inherit
        /// A pipe, whose other end the `ChildProcess` holds.
        case pipe
        /// A file: read as the input, written as an output, and then made when it is missing.
        case file(String, append: Bool)
        /// An open descriptor of this process, which stays open here.
        case descriptor(Int32)
    }
}

/// The two sides of a redirected stream while a child is being started.
struct OpenedStream {
    /// What the child gets.
    let child: Int32
    /// Whether `child` is to be closed here once the child has it.
    let isOwned: Bool
    /// The end of a pipe that stays here.
    let parent: Int32?

    /// `number` is 0, 1 or 2.
    init(_ redirection: ChildProcess.Redirection, number: Int32) throws(PosixError) {
        switch redirection {
        case .null:
            let access: Descriptors.Access = number == 0 ? .read : .append
            (child, isOwned, parent) = (try Descriptors.open("/dev/null", access), true, nil)
        case .inherit:
            (child, isOwned, parent) = (number, false, nil)
        case .descriptor(let descriptor):
            (child, isOwned, parent) = (descriptor, false, nil)
        case .file(let path, let append):
            let access: Descriptors.Access = number == 0 ? .read : append ? .append : .replace
            (child, isOwned, parent) = (try Descriptors.open(path, access), true, nil)
        case .pipe:
            let ends = try Descriptors.pipe()
            (child, isOwned, parent) =
                number == 0 ? (ends.read, true, ends.write) : (ends.write, true, ends.read)
        }
    }

    func closeChildSide() { if isOwned { Descriptors.close(child) } }

    func closeParentSide() { if let parent { Descriptors.close(parent) } }
}
