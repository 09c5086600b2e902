import Posix
import Processes
import Testing

/// The place of an archive in a file of its own, for projects whose definition everybody can read.
struct ArchiveFileTests {
    /// A project like the others, with its archive described in `pipeline/archive.yaml` alone.
    private func clone(_ archive: ScratchPlace) throws -> UnitProject {
        let project = try SharedProject.clone(archive) { definition in
            let lines = definition.split(separator: "\n")
            return lines.filter { !$0.hasPrefix("archive:") }.joined(separator: "\n")
        }
        try project.write(
            "pipeline/archive.yaml", "transport: directory\nroot: \(archive.path)\nsign: none\n")
        return project
    }

    @Test("results are shared through an archive that only its own file names")
    func shared() throws {
        let archive = ScratchPlace()
        #expect(try clone(archive).run().ran == SharedProject.units)
        #expect(try clone(archive).run().units("fetched") == SharedProject.units)
    }

    @Test("a mistake in the file is reported with its place, and two descriptions are refused")
    func wrong() throws {
        let archive = ScratchPlace()
        let project = try clone(archive)
        try project.write("pipeline/archive.yaml", "rot: \(archive.path)\nsign: none\n")
        let misspelled = try project.tool("plan")
        #expect(misspelled.exit == .exited(2))
        #expect(misspelled.standardErrorText.contains("pipeline/archive.yaml:1:1"))
        try project.write("pipeline/archive.yaml", "root: \(archive.path)\n")
        #expect(try project.tool("plan").standardErrorText.contains("has no \"sign\""))
        let twice = try SharedProject.clone(archive)
        try twice.write("pipeline/archive.yaml", "root: \(archive.path)\nsign: none\n")
        let refused = try twice.tool("plan")
        #expect(refused.exit != .exited(0))
        #expect(refused.standardErrorText.contains("error[two-archives]"))
    }
}
