import Processes
import Testing

/// Several named data sets in one file system: each with a sync stage, an environment and slots of its own.
struct DataSetTests {
    private func project() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              genomes: { kind: sync, data: genomes }
              tables: { kind: sync, data: [tables, pages] }
              deploy: { kind: deploy, needs: [genomes, tables] }

            """)
        try project.write("genomes/hg38.fa", "ACGT")
        try project.write("tables/counts.csv", "1")
        try project.write("pages/index.html", "<h1>counts</h1>")
        for name in ["genomes", "tables"] {
            try project.write(
                "pipeline/environments/\(name).yaml",
                "kind: data\ndata: { root: efs/\(name), sync: \(name), slots: 2 }\n")
        }
        _ = try project.shell("mkdir -p efs/genomes efs/tables")
        return project
    }

    private func files(_ project: UnitProject) throws -> String {
        try project.shell(
            "cd efs && find . -type f ! -name '.*' | sort")
    }

    @Test("R1: each data set fills its own slots, and a change of one sends nothing of the other")
    func several() throws {
        let project = try project()
        let first = try project.tool("run", "-e", "genomes")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(try files(project) == "./genomes/a/genomes/hg38.fa\n")
        #expect(first.standardErrorText.contains("holds the files of genomes"))
        #expect(try project.tool("run", "-e", "tables").exit == .exited(0))
        let both = try files(project)
        #expect(both.contains("./tables/a/tables/counts.csv\n"), "\(both)")
        #expect(!both.contains("tables/a/genomes") && !both.contains("genomes/a/tables"))

        try project.write("tables/counts.csv", "12")
        let plan = try project.tool("plan", "-e", "genomes")
        #expect(plan.standardOutputText.contains("up to date"), "\(plan.standardOutputText)")
        let same = try project.tool("run", "-e", "genomes")
        #expect(same.standardErrorText.contains("slot a holds"), "\(same.standardErrorText)")
        let changed = try project.tool("run", "-e", "tables")
        #expect(changed.standardErrorText.contains("1 sent"), "\(changed.standardErrorText)")
        for name in ["genomes", "tables"] {
            #expect(try project.tool("verify", "--remote", "-e", name).exit == .exited(0))
        }
    }

    @Test(
        "R1: a release is made of the stage that its environment names, wherever it stands in the definition"
    )
    func deployed() throws {
        let project = try project()
        try project.write(
            "pipeline/environments/web.yaml",
            "kind: static\ndata: { root: efs/web, sync: tables }\nstatic: { folder: pages }\n")
        _ = try project.shell("mkdir -p efs/web")
        let run = try project.tool("run", "deploy", "-e", "web")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(try project.text("efs/web/current/pages/index.html") == "<h1>counts</h1>")
        #expect(try !project.exists("efs/web/current/genomes"))
    }

    @Test(
        "R1: with several sync stages an environment that names none, or one that there is not, is refused",
        arguments: [("", "sync-unnamed"), (", sync: table", "sync-unknown")])
    func refused(data: String, code: String) throws {
        let project = try project()
        try project.write(
            "pipeline/environments/other.yaml", "kind: data\ndata: { root: efs/other\(data) }\n")
        _ = try project.shell("mkdir -p efs/other")
        let run = try project.tool("run", "-e", "other")
        #expect(run.exit == .exited(2), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("error[\(code)]"), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("genomes, tables"), "\(run.standardErrorText)")
        #expect(try files(project) == "")
    }
}
