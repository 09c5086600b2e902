import Arguments
import Digests
import Failures
import JSON
import Packs
import Posix
import Processes
import Terminal

/// The three things that `pipeline data pack` does.
struct PackWork {
    let invocation: Invocation
    let interrupts: Interrupts
    let source: String

    var cancel: Cancellation { interrupts.cancellation }

    func make() throws -> ExitCode {
        let arguments = invocation.arguments
        let compression = Compression(rawValue: arguments.value("compression") ?? "") ?? .xz
        // An option that is given as nothing is no name.
        let output = arguments.value("output") ?? PackMaker.defaultName(for: source)
        let pack = try PackMaker(cancel: cancel).make(
            source, output: output, compression: compression, time: try time())
        // Before the project's folder becomes the current one.
        let local =
            output.hasPrefix("/") ? output : "\(try FileSystem.currentDirectory())/\(output)"
        if invocation.isJSON {
            invocation.print(PackJSON.made(pack, path: output, compression).text)
        } else {
            invocation.print(Format.escaped(output))
            invocation.tell(
                "\(PackText.counts(pack.counts)) packed into \(Format.bytes(pack.digest.bytes)); "
                    + "read back: equal to the source")
        }
        guard let folder = arguments.value("publish") else { return .done }
        return try PackPublishing(invocation: invocation, interrupts: interrupts)
            .publish(local, digest: pack.digest.digest, size: pack.digest.bytes, into: folder)
    }

    func list() throws -> ExitCode {
        let entries = try PackReader(cancel: cancel).entries(of: source)
        if invocation.isJSON {
            invocation.print(PackJSON.listed(entries, path: source).text)
            return .done
        }
        PackText.lines(entries, style: invocation.style).forEach(invocation.print)
        invocation.tell(PackText.counts(PackCounts(entries)))
        return .done
    }

    /// https://reproducible-builds.org/specs/source-date-epoch
    private func time() throws -> UInt32 {
        guard let text = Environment.value("SOURCE_DATE_EPOCH"), !text.isEmpty else { return 0 }
        guard let time = UInt32(text) else { throw BadTime(text: text) }
        return time
    }

    private struct BadTime: Explained {
        let text: String
        var description: String { failure.text }

        var failure: Failure {
            Failure(
                "bad-time", "SOURCE_DATE_EPOCH is \"\(text)\"",
                next: "set it to seconds since 1970, or unset it", run: "unset SOURCE_DATE_EPOCH")
        }
    }
}
