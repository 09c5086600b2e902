import Processes
import Testing

/// A place that would lie in what is sent to it.
extension PlaceTests {
    @Test(
        "a place never lies in the data that is sent to it, nor in what describes the project",
        arguments: [
            "data", "data/deep", "link", ".git", "pipeline", "pipeline/environments",
        ], ["in-place", "slots", "full"])
    func ownFolder(root: String, layout: String) throws {
        let project = try project("root: \(root), layout: \(layout)")
        try project.write("data/deep/y", "2")
        _ = try project.shell("git init --quiet; ln -s data/deep link")
        #expect(
            try exceptions(toRefusal: "place-unsafe", of: project, in: "data pipeline") == [])
        let adopted = try project.tool("run", "sync", "--adopt", "--yes")
        #expect(adopted.standardErrorText.contains("error[place-unsafe]"))
        #expect(try project.text("data/x") == "1")
    }

    @Test("layout in-place never holds the data that is sent to it")
    func aroundData() throws {
        let project = try project("root: all, layout: in-place")
        try project.write(
            "pipeline/pipeline.yaml",
            "project: one\nstages:\n  sync: { kind: sync, data: [all/data] }\n")
        try project.write("all/data/x", "1")
        #expect(try exceptions(toRefusal: "place-unsafe", of: project, in: "all") == [])
    }
}
