package import PipelineModel

/// One unit of a stage, with every name filled in: what there is to decide about.
package struct UnitSpec: Sendable {
    /// `stage/family/value/value`, unique in the project.
    package let name: String
    package let stage: String
    package let template: String
    package let kind: Kind
    package let parameters: [String: ParameterValue]
    /// Project-relative files, sorted, each once.
    package let inputs: [String]
    package let mayRead: [String]
    /// Project-relative files in the definition's order.
    package let outputs: [String]
    package let recipe: ComponentSet
    /// Files that count as code before the unit is known to load any more.
    package let declaredCode: [String]
    package let limits: UnitLimits

    package enum Kind: Sendable, Hashable {
        /// The stage's worker runs the function of this name.
        case worker(function: String)
        /// The worker is asked for the values of an axis.
        case axis(function: String)
        /// A process of its own; `{output}` and `{outputs}` are still to be filled.
        case command([Template])
    }
}

/// What a unit reads beyond what its definition says, as the last attempt reported it.
package struct ReportedFiles: Sendable, Hashable {
    /// Code files that it loaded.
    package let code: [String]
    /// Files that it opened, existing or not.
    package let reads: [String]

    package static let none = ReportedFiles(code: [], reads: [])

    package init(code: [String], reads: [String]) {
        self.code = code
        self.reads = reads
    }
}
