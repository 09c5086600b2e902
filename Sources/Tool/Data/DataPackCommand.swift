import Arguments
import Failures
import Packs
import Posix
import Terminal

/// `pipeline data pack`: many small files as one squashfs.
enum DataPackCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "pack", summary: "make one squashfs of many small files, or look into one",
        discussion:
            "A pack can be mounted as it is: on a remote file system one large file is read much faster "
            + "than thousands of small ones. Everything in it belongs to root. Equal sources give equal "
            + "packs; times are those of SOURCE_DATE_EPOCH, or 1970. A pack gets its name only when it was "
            + "read back and equals its source.\n\n"
            + "With --publish it is sent into the data folder of an environment and read back there.\n\n"
            + "Examples:\n  pipeline data pack genomes -o genomes.sqfs\n"
            + "  pipeline data pack genomes -o genomes.sqfs --publish packs -e production\n"
            + "  pipeline data pack --list genomes.sqfs\n"
            + "  pipeline data pack --verify genomes.sqfs --against genomes",
        positionals: [
            PositionalSpec(
                "source",
                help: "a folder or an archive (.tar, .tar.gz, .tgz, .tar.xz, .zip); a pack with "
                    + "--list and --verify", completion: .file)
        ],
        options: [
            .value(
                "output", short: "o", "FILE",
                help: "the pack; without it the source's name with .sqfs, in this folder",
                completion: .file),
            .value(
                "compression", "KIND", help: "how to compress", default: "xz",
                completion: .choices(Compression.allCases.map(\.rawValue))),
            .value(
                "publish", "FOLDER",
                help: "also send the pack into this folder of an environment's data folder"),
            DataCommandContext.environmentOption,
            .flag("list", help: "list what is in a pack, without unpacking it"),
            .flag("verify", help: "read all of a pack"),
            .value(
                "against", "SOURCE", help: "with --verify, compare it with a folder or an archive",
                completion: .file),
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        let arguments = invocation.arguments
        let isMaking = !arguments.flag("list") && !arguments.flag("verify")
        let complaint =
            if arguments.flag("list"), arguments.flag("verify") {
                "--list and --verify do not go together"
            } else if !isMaking, arguments.isGiven("output") || arguments.isGiven("compression") {
                "--output and --compression are for making a pack"
            } else if !isMaking, arguments.isGiven("publish") {
                "--publish is for making a pack"
            } else if !arguments.flag("verify"), arguments.isGiven("against") {
                "--against goes with --verify"
            } else {
                String?.none
            }
        if let complaint {
            throw UsageError("options-clash", complaint, run: "pipeline data pack --help")
        }
        // Before any thread is started: they must not get the signals.
        let interrupts = try Interrupts()
        do {
            let work = PackWork(
                invocation: invocation, interrupts: interrupts,
                source: arguments.positional("source") ?? "")
            if arguments.flag("list") { return try work.list() }
            return isMaking ? try work.make() : try work.verify()
        } catch PackError.interrupted {
            return interrupts.exitCode ?? .interrupted
        }
    }
}
