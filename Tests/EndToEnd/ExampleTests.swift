import FoundationEssentials
import Posix
import Processes
import Testing

/// The example itself, at toy size: what a change of its code or data makes run, and nothing else.
struct ExampleTests {
    private static let python = Environment.value("PIPELINE_TEST_PYTHON")

    /// A copy of the example with data of its own; the Python environment is shared.
    private final class Example {
        let root =
            (Environment.value("TMPDIR") ?? "/tmp") + "/pipeline-example-\(UUID().uuidString)"

        init(python: String) throws {
            let repository = String(
                #filePath.dropLast("/Tests/EndToEnd/ExampleTests.swift".count))
            let environment = python.replacing("/bin/python", with: "")
            try FileSystem.createDirectories(root)
            try shell("cp -r '\(repository)/site' '\(repository)/pipeline' .")
            try shell(
                "ln -s '\(environment)' .venv; find site pipeline -exec touch -d '1 hour ago' {} +")
            try shell("PYTHONPATH=site .venv/bin/python -m generate --size toy --output data/raw")
        }

        deinit { try? FileSystem.removeTree(root) }

        @discardableResult
        func shell(_ line: String) throws -> String {
            let output = try ProcessRunner.run(
                ProcessCommand(["sh", "-c", line], directory: root), timeout: 200)
            #expect(output.exit == .exited(0), "\(output.standardErrorText)")
            return output.standardOutputText
        }

        /// The names of units that a compile ran, by their rules.
        func compile() throws -> [String: Int] {
            let output = try ProcessRunner.run(
                ProcessCommand([SiteProject.tool, "run", "compile", "--json"], directory: root),
                timeout: 200)
            #expect(output.exit == .exited(0), "\(output.standardErrorText)")
            struct Event: Decodable {
                let unit: String?
                let outcome: String?
            }
            var families: [String: Int] = [:]
            for line in output.standardOutputText.split(separator: "\n") {
                guard let event = try? JSONDecoder().decode(Event.self, from: Data(line.utf8)),
                    event.outcome == "ran", let unit = event.unit
                else { continue }
                let parts = unit.split(separator: "/")
                families[parts.count > 1 ? String(parts[1]) : unit, default: 0] += 1
            }
            return families
        }
    }

    @Test(
        "one figure's code, one raw input, a touched file",
        .enabled(if: python != nil, "needs the example's Python environment"))
    func changes() throws {
        let example = try Example(python: try #require(Self.python))
        let all = try example.compile()
        #expect(all["interactions"] == 50)
        #expect(all["circos"] == 50)
        #expect((all["ligand_effects"] ?? 0) > 200)
        #expect(try example.compile() == [:])

        try example.shell("echo '# a comment' >> site/figures/circos.py")
        #expect(try example.compile() == ["default_circos": 1])

        try example.shell("touch data/raw/* site/compile/*.py")
        #expect(try example.compile() == [:])

        // STING's raw data is read by its own statistics alone; what follows from them follows.
        try example.shell(
            """
            .venv/bin/python - <<'END'
            import h5py
            with h5py.File("data/raw/deg_fixed.h5ad", "r+") as file:
                layer = file["layers/fdr"]
                layer[0, :] = 1 - layer[0, :]
            END
            """)
        let sting = try example.compile()
        #expect(sting["statistics_sting"] == 1)
        #expect(
            Set(sting.keys).isSubset(of: [
                "statistics_sting", "statistics_max", "circos", "interactions",
            ]), "\(sting)")
        #expect((sting["circos"] ?? 0) <= 25, "only those of highCIN_vs_noSTING")
    }

    @Test(
        "two compiles give the same bytes",
        .enabled(if: python != nil, "needs the example's Python environment"))
    func deterministic() throws {
        let example = try Example(python: try #require(Self.python))
        _ = try example.compile()
        let list = "cd data/compiled && find . -type f | sort | xargs -d '\\n' sha256sum"
        let first = try example.shell(list)
        try example.shell("rm -rf .pipeline data/compiled data/intermediate")
        _ = try example.compile()
        #expect(try example.shell(list) == first)
    }
}
