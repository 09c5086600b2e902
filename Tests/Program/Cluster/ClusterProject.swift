extension UnitProject {
    /// A project whose only stage, `make`, has its units on a Slurm cluster.
    ///
    /// - Parameters:
    ///   - options: of the executor, as in `{ … }`.
    ///   - archive: how the definition describes it, as in `{ … }`; nil for none.
    ///   - stage: further keys of the stage, indented by four.
    ///   - units: what stands below `units`, indented by more than four.
    convenience init(
        onSlurm options: String = "", archive: String? = nil, stage: String = "", units: String,
        in home: String? = nil
    ) throws {
        let shared = archive.map { "archive: { \($0) }\n" } ?? ""
        try self.init(
            """
            project: p
            \(shared)stages:
              make:
                kind: compile
                executor: slurm
                slurm: { \(options) }
            \(stage)
                units:
            \(units)
            """, in: home)
    }
}
