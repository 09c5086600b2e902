import PipelinePlanning
import Posix
import Testing

@testable import PipelineEngine

/// What lies at an output's path before it gets its name, and where outputs lie until then.
@Suite struct OutputPathTests {
    private func project(_ name: String) throws -> MemoryProject {
        try MemoryProject(
            """
            project: p
            stages:
              make:
                kind: compile
                units:
                  u: { command: x, inputs: in, outputs: [far/a, far/b] }
            """, files: ["in": "one"], name: name)
    }

    private func kept(_ project: MemoryProject) -> [String] {
        project.disk.paths.filter { $0.hasPrefix(".pipeline/replaced/") }
    }

    @Test("what the ledger has of an output is replaced, though the store holds it no more")
    func recorded() throws {
        let project = try project("recorded")
        #expect(try project.run().succeeded)
        for path in project.disk.paths where path.hasPrefix(".pipeline/store/") {
            project.disk.delete(path)
        }
        project.disk.write("in", "two")
        project.time.pass(ms: 1000)
        let run = try project.run()
        #expect(run.succeeded && run.units(.ran) == ["make/u"])
        #expect(run.notes == [])
        #expect(kept(project) == [])
        #expect(try project.wrongOutputs().isEmpty)
    }

    @Test("a person's file on another file system is copied, and on disk before it is replaced")
    func otherFileSystem() throws {
        let project = try project("far")
        project.disk.mountPoint = "far"
        project.disk.write("far/b", "mine")
        project.time.pass(ms: 1000)
        let run = try project.run()
        #expect(run.succeeded, "\(run)")
        #expect(try project.wrongOutputs().isEmpty)
        let kept = kept(project)
        #expect(kept.count == 1)
        #expect(kept.map { project.disk.text($0) } == ["mine"])
        #expect(project.disk.synchronized.filter(kept.contains) == kept)
    }

    @Test("outputs are written on the file system that they are for, at its top")
    func staging() throws {
        let disk = MemoryDisk(time: ManualTime())
        disk.mountPoint = Project.statePath
        disk.write("\(Project.statePath)/x", "")
        var area = StagingArea(.local, disk: disk)
        #expect(
            try area.paths(folder: "1", outputs: ["a/b/x", "y"])
                == ["./.pipeline-aside/1/0/x", "./.pipeline-aside/1/1/y"])
        disk.mountPoint = "far"
        area = StagingArea(.local, disk: disk)
        #expect(
            try area.paths(folder: "1", outputs: ["far/b/x", "y"])
                == ["far/.pipeline-aside/1/0/x", "\(Project.statePath)/aside/1/1/y"])
    }
}
