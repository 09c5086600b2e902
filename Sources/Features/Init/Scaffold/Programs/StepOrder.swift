/// Steps among each other: which are wanted, which write the same, and their order.
extension StepFinder {
    /// Whether the site or another program reads it.
    func isWanted(_ path: PathTemplate, by programs: [Program]) -> Bool {
        site.reads.contains { $0.isInside && $0.path.meets(path) }
            || programs.contains { program in
                program.reads.contains { $0.isInside && $0.path.meets(path) }
                    && !program.writes.contains { $0.path == path }
            }
    }

    /// What nothing reads, and what does not lie where the site looks, may be part of another work.
    mutating func withoutUnused(_ steps: [Step]) -> [Step] {
        var kept = steps
        while true {
            let programs = kept.map(\.program)
            let unused = kept.filter { step in
                if [.dvc, .snakemake, .quarto].contains(step.program.language) { return false }
                return !step.writes.contains { path in
                    isWanted(path, by: programs.filter { $0 != step.program })
                        || (!site.isComplete && data.contains { path.isWithin($0) })
                        || (site.reads.contains {
                            $0.isInside && !$0.path.folder.isEmpty
                                && path.isWithin($0.path.folder)
                        })
                }
            }
            // Without any site, what is made last is what all is for.
            guard site.isComplete || !data.isEmpty, !unused.isEmpty else { return kept }
            for step in unused {
                ask(
                    "is \(step.label) part of the site?",
                    [
                        "it writes \(Listing.some(step.writes.map(\.source))), which nothing here reads",
                        "as a stage: command: \(YAMLText.list(step.command))",
                    ])
            }
            let names = Set(unused.map(\.program))
            kept.removeAll { names.contains($0.program) }
        }
    }

    /// Several that write the same file: only their author knows which one counts.
    mutating func withoutRivals(_ steps: [Step]) -> [Step] {
        var rivals: Set<Int> = []
        for (index, step) in steps.enumerated() {
            for other in steps.indices where other > index {
                guard
                    let path = step.writes.first(where: { path in
                        steps[other].writes.contains { $0.pattern == path.pattern }
                    })
                else { continue }
                rivals.formUnion([index, other])
                ask(
                    "which one makes \(YAMLText.name(path.source))?",
                    [step, steps[other]].map {
                        "\($0.label): command: \(YAMLText.list($0.command))"
                    })
            }
        }
        return steps.enumerated().filter { !rivals.contains($0.offset) }.map(\.element)
    }

    /// Each after those that make what it reads.
    mutating func order(_ steps: [Step]) {
        var waiting = steps
        var makers: [[Int]] = steps.map { step in
            Array(Set(step.reads.flatMap { self.makers(of: $0, besides: step, steps) })).sorted()
        }
        var indices = Array(steps.indices)
        var done: [Int] = []
        while !indices.isEmpty {
            let ready = indices.filter { makers[$0].allSatisfy(done.contains) }
            guard !ready.isEmpty else {
                circle(indices.map { steps[$0] })
                break
            }
            done += ready
            indices.removeAll(where: ready.contains)
        }
        var names = StepNames(steps, done)
        waiting = done.map { index in
            var step = steps[index]
            step.name = names.next(step)
            return step
        }
        for (position, index) in done.enumerated() {
            // Only those that no other of them waits for.
            let direct = makers[index].filter { maker in
                !makers[index].contains { $0 != maker && reaches(from: $0, to: maker, makers) }
            }
            waiting[position].needs = direct.compactMap { done.firstIndex(of: $0) }.sorted()
                .map { waiting[$0].name }
            waiting[position].made = Set(
                steps[index].reads.filter { read in
                    makers[index].contains { steps[$0].writes.contains { $0.meets(read) } }
                })
        }
        makers = []
        self.steps = waiting
    }

    /// Those that write just this, else those that may.
    private func makers(of read: PathTemplate, besides step: Step, _ steps: [Step]) -> [Int] {
        let others = steps.indices.filter { steps[$0].program != step.program }
        let exact = others.filter { steps[$0].writes.contains { $0.pattern == read.pattern } }
        return exact.isEmpty
            ? others.filter { steps[$0].writes.contains { $0.meets(read) } } : exact
    }

    private func reaches(from: Int, to: Int, _ makers: [[Int]]) -> Bool {
        makers[from].contains(to) || makers[from].contains { reaches(from: $0, to: to, makers) }
    }

    private mutating func circle(_ steps: [Step]) {
        ask(
            "in which order do \(Listing.and(steps.map(\.label))) run?",
            ["each reads what another of them writes, so that no order follows from their files"]
                + steps.map { "\($0.label): command: \(YAMLText.list($0.command))" })
    }
}
