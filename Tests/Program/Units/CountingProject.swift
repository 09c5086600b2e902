import Posix

extension UnitProject {
    /// A project of units `make/u/1` to `make/u/COUNT` of one script and one shared input, which write to `out`. Each says
    /// in the file `starts` that it begins.
    ///
    /// - Parameters:
    ///   - seconds: how long each takes before it reads.
    ///   - script: what makes the output `$1`.
    ///   - more: another unit, in one line.
    static func counting(
        _ count: Int, jobs: Int, seconds: Double, _ script: String = "cat in.txt > \"$1\"",
        more: String = ""
    ) throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              make:
                kind: compile
                jobs: \(jobs)
                units:
                  u:
                    matrix: { k: { from: 1, to: \(count) } }
                    command: [sh, s.sh, "{output}", "{k}"]
                    inputs: in.txt
                    outputs: "out/{k}"
                  \(more)
            """)
        try project.write("in.txt", "one\n")
        try project.write("s.sh", "echo $2 >> starts; sleep \(seconds); \(script)\n")
        return project
    }

    /// How many of them have begun.
    func starts() throws -> Int {
        guard try exists("starts") else { return 0 }
        return try text("starts").split(separator: "\n").count
    }
}
