import PipelineLedger

/// That every unit runs, whatever is recorded. Where a run of the same command was interrupted it is resumed: what that run has
/// made again is not made a second time.
package struct Force: Sendable {
    private let isSame: @Sendable (String) -> Bool
    private let current: Int64?

    /// - Parameters:
    ///   - current: the active run; nil where one is only planned.
    ///   - isSame: whether the command of an earlier run is the same as this one's.
    package init(current: Int64?, isSame: @escaping @Sendable (String) -> Bool) {
        self.current = current
        self.isSame = isSame
    }

    /// The units that were made again already.
    func made(_ ledger: LedgerReader?) throws -> Set<String> {
        try ledger?.forcedBefore(current, isSame: isSame) ?? []
    }
}
