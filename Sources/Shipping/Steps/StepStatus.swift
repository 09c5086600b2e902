import PipelineModel
package import PipelinePlanning

/// Whether a step has anything to do, found out by looking: at the ledger, at files, and outside.
package enum StepStatus: Sendable {
    /// Nothing; and what there is, for people.
    case upToDate(String)
    case work([Reason])
    /// The environment has no such step; why.
    case notApplicable(String)
}

extension EnvironmentKind {
    /// Why an environment of this kind needs no image; nil where it does.
    var lacksImage: String? {
        switch self {
        case .local, .beanstalk, .ecs: nil
        case .preview: "not part of a preview, which runs the code as a process"
        case .data: "not part of an environment of kind data"
        }
    }
}
