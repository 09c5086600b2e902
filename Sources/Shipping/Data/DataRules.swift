import Paths
import PipelineModel

/// The patterns of a sync stage on the way through its folders.
struct DataRules {
    private var includes: PatternWalk
    private var excludes: PatternWalk

    init(_ sync: SyncStage) {
        includes = PatternWalk(sync.include)
        excludes = PatternWalk(sync.exclude)
    }

    func below(_ name: String) -> DataRules {
        // Where there are no rules, nothing is to be followed.
        if includes.isEmpty, excludes.isEmpty { return self }
        var rules = self
        rules.includes = includes.below(name)
        rules.excludes = excludes.below(name)
        return rules
    }

    /// Whether something below the folder of this name may be sent.
    func mayInclude(below name: String) -> Bool {
        includes.isEmpty || includes.below(name).mayMatch
    }

    func includes(_ name: String, _ use: inout RuleUse) -> Bool {
        includes.isEmpty || includes.matches(name) { use.includes[$0] = true }
    }

    /// The index of the pattern that keeps this name back.
    func excludes(_ name: String, _ use: inout RuleUse) -> Int? {
        if excludes.isEmpty { return nil }
        var first: Int?
        _ = excludes.matches(name) {
            use.excludes[$0] = true
            first = first ?? $0
        }
        return first
    }
}

/// Which patterns have matched anything: one that has not is likely to be misspelled.
struct RuleUse {
    var includes: [Bool]
    var excludes: [Bool]

    init(_ sync: SyncStage) {
        includes = sync.include.map { _ in false }
        excludes = sync.exclude.map { _ in false }
    }

    func notes(_ sync: SyncStage) -> [String] {
        zip(sync.include, includes).filter { !$1 }.map { pattern, _ in
            "include \"\(pattern.source)\" matches nothing that is not excluded"
        }
            + zip(sync.exclude, excludes).filter { !$1 }.map { pattern, _ in
                "exclude \"\(pattern.source)\" matches nothing"
            }
    }
}
