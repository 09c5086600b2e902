import PipelineLedger

/// What the units of a family came to together.
struct ReportFamily {
    /// The first two parts of the names of its units.
    let name: String
    let stage: String
    private(set) var units = 0
    private(set) var ran = 0
    private(set) var restored = 0
    private(set) var failed = 0
    /// Milliseconds.
    private(set) var totalMs: Int64 = 0
    private(set) var longestMs: Int64 = 0
    /// What units that came from the store usually take.
    private(set) var sparedMs: Int64 = 0
    private(set) var bytes: Int64 = 0

    private init(name: String, stage: String) {
        self.name = name
        self.stage = stage
    }

    /// What took most comes first.
    static func of(_ units: [UnitSummary]) -> [ReportFamily] {
        var families: [String: ReportFamily] = [:]
        for unit in units {
            let name = unit.unit.split(separator: "/", maxSplits: 2).prefix(2)
                .joined(separator: "/")
            families[name, default: ReportFamily(name: name, stage: unit.stage)].add(unit)
        }
        return families.values.sorted { ($1.totalMs, $0.name) < ($0.totalMs, $1.name) }
    }

    private mutating func add(_ unit: UnitSummary) {
        units += 1
        ran += unit.ran
        restored += unit.restored
        failed += unit.failed
        totalMs += unit.totalMs
        longestMs = max(longestMs, unit.longestMs)
        sparedMs += Int64(unit.restored) * (unit.usualMs ?? 0)
        bytes += unit.bytes
    }
}
