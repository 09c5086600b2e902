package import PipelinePlanning

/// Whether a step has anything to do, found out by looking: at the ledger, at files, and outside.
package enum StepStatus: Sendable {
    /// Nothing; and what there is, for people.
    case upToDate(String)
    case work([Reason])
    /// The environment has no such step; why.
    case notApplicable(String)
}
