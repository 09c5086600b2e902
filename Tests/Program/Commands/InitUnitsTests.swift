import FoundationEssentials
import Posix
import Processes
import Testing

/// `init --units`: rules for the loops of a script, and a worker to fill in.
struct InitUnitsTests {
    private struct Document: Decodable {
        let stage: String
        let worker: String
        let workerPath: String
        let rules: [String]
    }

    private func proposal(_ layout: SiteLayout) throws -> Document {
        let output = try layout.tool("init", "--units", "viz/data.py", "--json")
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Document.self, from: Data(output.standardOutputText.utf8))
    }

    @Test(
        "P20: conditions, FDR thresholds and targets of a script's loops become axes of rules; nothing is written"
    )
    func rules() throws {
        let layout = try SiteLayout(copying: "cells")
        let found = try proposal(layout)
        #expect(found.rules == ["interactions", "interactions_2", "circos", "ligand_effects"])
        for line in [
            "variant: [highCIN_vs_lowCIN, highCIN_vs_noSTING]", "fdr: { from: 1, to: 25 }",
            #"outputs: "data/compiled/circos/{variant}_{fdr:02}.feather""#,
            "receptor: { from_worker: ligand_effects_receptor",
            #"outputs: "data/compiled/ligand_effects/highCIN_vs_lowCIN_{receptor}.feather""#,
            "check: feather", "worker: [python3, viz/data_units.py]",
        ] {
            #expect(found.stage.contains(line), "\(line)\n\(found.stage)")
        }
        #expect(try !layout.exists("pipeline") && !layout.exists(found.workerPath))
    }

    @Test("P20: the worker that is printed runs the units once its functions are filled in")
    func worker() throws {
        let layout = try SiteLayout(copying: "cells")
        let found = try proposal(layout)
        try layout.write("pipeline/pipeline.yaml", "project: p\nstages:\n" + found.stage)
        let write =
            "open(job[\"outputs\"][0], \"wb\").write(b\"ARROW1\\0\\0xxxx\\x04\\0\\0\\0ARROW1\")  #"
        try layout.write(
            found.workerPath,
            found.worker.replacing("raise NotImplementedError(\"move", with: write)
                .replacing(
                    "raise NotImplementedError(\"list", with: "return [\"Ccl2\", \"Cd74\"]  #"))
        let run = try layout.tool("run")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try layout.exists("data/compiled/circos/highCIN_vs_noSTING_01.feather"))
        #expect(try layout.exists("data/compiled/ligand_effects/highCIN_vs_lowCIN_Ccl2.feather"))
        #expect(try layout.tool("plan").standardOutputText.contains("nothing to do"))
    }
}
