package import PipelinePlanning

/// A unit that is about to start.
package struct AttemptStart: Sendable {
    let unit: String
    let stage: String
    /// Why it runs.
    let reasons: [Reason]
    /// Where what it says will be; nil where it says nothing.
    let log: String?

    package init(unit: String, stage: String, reasons: [Reason], log: String?) {
        self.unit = unit
        self.stage = stage
        self.reasons = reasons
        self.log = log
    }
}
