import Texts

/// The programs that make what the site shows, in the order that their files give, and what remains a question.
struct StepFinder {
    var steps: [Step] = []
    var questions: [Question] = []
    var notes: [String] = []

    let facts: SiteFacts
    let site: SiteReads
    let data: [String]
    let roots: RootChoice

    /// - Parameters:
    ///   - data: folders that hold data, by their names and by what is in them.
    ///   - hasSite: whether anything serves what is made; else all of it is what the folder is for.
    init(_ facts: SiteFacts, _ site: SiteReads, data: [String], hasSite: Bool) {
        self.facts = facts
        self.site = site
        self.data = data
        roots = RootChoice(facts)
        var candidates: [Step] = []
        for program in facts.programs where isCandidate(program) {
            if let step = step(program) { candidates.append(step) }
        }
        if hasSite { candidates = withoutUnused(candidates) }
        candidates = withoutRivals(candidates)
        order(candidates)
    }

    // MARK: Which programs

    private func isCandidate(_ program: Program) -> Bool {
        guard program.isProgram, program.framework == nil, !SiteReads.isTest(program.path) else {
            return false
        }
        let first = site.programs.first?.path
        if program.path == first { return false }
        if program.isDeclared { return !program.isPattern }
        // What a rule or a script starts is its part.
        return !facts.programs.contains { other in
            other.path != program.path && other.code.contains(program.path)
                && (other.isDeclared || other.language == .shell) && isWholeStep(other)
        }
    }

    /// Whether a rule or script may be a stage as it is.
    private func isWholeStep(_ program: Program) -> Bool {
        program.deeds.isEmpty && !dataWrites(program).isEmpty
    }

    private func dataWrites(_ program: Program) -> [Program.Access] {
        program.writes.filter { $0.isInside && !isScrap($0.path) }
    }

    /// Logs and the like.
    private func isScrap(_ path: PathTemplate) -> Bool {
        ["log", "pid", "lock", "tmp"].contains(path.ending)
            || path.source.split(separator: "/").contains {
                [".cache", "logs", "__pycache__"].contains($0)
            }
    }

    private mutating func step(_ program: Program) -> Step? {
        let writes = dataWrites(program)
        let unknown = program.writes.filter { !$0.isInside && !$0.isOutside }
        if [.notebook, .quarto].contains(program.language), !program.isDeclared {
            return document(program, writes)
        }
        if !program.deeds.isEmpty {
            refuse(program, writes)
            return nil
        }
        let required = program.arguments.filter(\.isRequired)
        if !program.isDeclared, program.words == nil, !required.isEmpty,
            !writes.isEmpty || !unknown.isEmpty
        {
            ask(
                "which arguments does \(YAMLText.name(program.path)) take?",
                [
                    "it needs \(Listing.some(required.map(\.name))), and no script or README here starts it",
                    "with them, it is a stage of kind run: command: [\(interpreter(program)), "
                        + "\(YAMLText.scalar(program.path)), …]",
                ])
            return nil
        }
        guard !writes.isEmpty else {
            if !unknown.isEmpty, program.language != .shell {
                let places = unknown.prefix(2).map(\.place)
                ask(
                    "where does \(YAMLText.name(program.name)) write to?",
                    [
                        "\(Listing.and(Array(places))) names a path that only its run tells",
                        "if that is data of the site, it is a stage of kind run",
                    ])
            }
            return nil
        }
        if let trained = trains(program) {
            ask(
                "does a run train the model of \(YAMLText.name(program.path))?",
                [
                    "it uses \(trained) and writes \(Listing.some(writes.map(\.path.source))): as a stage it "
                        + "would run again whenever its inputs change",
                    "without a stage, what it wrote is an input like any other",
                ])
            return nil
        }
        return made(program, writes.map(\.path))
    }

    /// The library with which it trains a model, where it does: hours of work that a change should not start unasked.
    private func trains(_ program: Program) -> String? {
        let learning = ["torch", "tensorflow", "keras", "pytorch_lightning", "lightning", "jax"]
        let models: Set = ["ckpt", "pt", "pth", "h5", "keras", "safetensors", "onnx", "weights"]
        guard !program.isDeclared, let library = learning.first(where: program.imports.contains),
            program.writes.contains(where: { models.contains($0.path.ending) })
                || Path.words(Path.stem(program.path)).contains("train")
        else { return nil }
        return library
    }

    private mutating func document(_ program: Program, _ writes: [Program.Access]) -> Step? {
        guard program.language == .notebook, !writes.isEmpty else { return nil }
        let wanted = writes.filter { isWanted($0.path, by: facts.programs) }
        guard !wanted.isEmpty else { return nil }
        ask(
            "is \(YAMLText.name(program.path)) run by hand?",
            [
                "it writes \(Listing.some(wanted.map(\.path.source))), which is read here",
                "as a stage: command: [jupyter, nbconvert, --to, notebook, --execute, --inplace, "
                    + "\(YAMLText.scalar(program.path))]",
                "by hand: what it wrote is an input like any other",
            ])
        return nil
    }

    private mutating func refuse(_ program: Program, _ writes: [Program.Access]) {
        guard !writes.isEmpty || program.deeds == [.download] else { return }
        // Another note tells what it does.
        if Sending.scripts(facts).contains(where: { $0.path == program.path }) { return }
        let deeds = program.deeds.map(\.rawValue).sorted()
        let words = [
            "install": "installs packages", "deploy": "deploys", "download": "downloads",
            "delete": "deletes files", "image": "builds an image", "serve": "starts a server",
            "test": "runs tests",
        ]
        notes.append(
            "\(YAMLText.name(program.name)) \(Listing.and(deeds.compactMap { words[$0] })), so it is no stage"
                + (program.deeds == [.download]
                    ? "; what it fetches is an input like any other" : ""))
    }

    mutating func ask(_ text: String, _ readings: [String]) {
        questions.append(Question(text: text, readings: readings))
    }

    // MARK: What is made of one

    private func made(_ program: Program, _ writes: [PathTemplate]) -> Step {
        let own = Set(writes)
        var reads: [PathTemplate] = []
        var remarks = program.moves.map { move in
            "\(move.place) changes to \(YAMLText.name(move.path.source)), which only its author's machine has: take that "
                + "line out; its paths were read from this folder on"
        }
        var rootInputs: [String] = []
        for access in program.reads where !own.contains(access.path) {
            if access.isInside {
                let path = access.action == .list ? listed(access.path) : access.path
                let isCode = FileEndings.isCode(path.source) || program.code.contains(path.source)
                if path.source.isEmpty || isCode || reads.contains(path) || own.contains(path) {
                    continue
                }
                reads.append(path)
            } else if access.isOutside,
                let input = roots.input(
                    access.action == .list ? listed(access.path) : access.path)
            {
                if !rootInputs.contains(input) { rootInputs.append(input) }
            } else if access.isOutside {
                let remark =
                    "\(access.place) reads \(YAMLText.name(access.path.source)), outside of this folder and not on this machine: "
                    + "where it lies, declare the folder under \"roots\" and name it under \"inputs\""
                if !remarks.contains(remark) { remarks.append(remark) }
            } else if !access.path.source.contains("://") {
                let remark =
                    "\(access.place) reads a path that only its run tells: add it to \"inputs\""
                if !remarks.contains(remark) { remarks.append(remark) }
            }
        }
        // What it lists and then reads one by one is there once: by the pattern, or by what is read of a folder.
        reads = reads.filter { read in
            !reads.contains { other in
                other != read
                    && (other.isGlob && !read.isGlob && other.meets(read)
                        || read.isConstant && !other.isConstant && other.isWithin(read.source)
                            && facts.folders[read.source] != nil)
            }
        }
        reads = reads.filter { read in !writes.contains { $0.meets(read) } }
            .sorted { $0.source.utf8.lexicographicallyPrecedes($1.source.utf8) }
        reads = withoutDoubles(reads)
        let tested = Set(
            program.accesses.filter { $0.action == .test && !$0.isPossible }.map(\.path))
        let skipped = writes.filter(tested.contains)
        let markers = skipped.filter { !FileEndings.isData($0.source) && $0.isConstant }
        let outputs = withoutDoubles(
            writes.filter { !markers.contains($0) && isOwn($0, of: program) }
                .sorted { $0.source.utf8.lexicographicallyPrecedes($1.source.utf8) })
        if let unclear = writes.first(where: { !markers.contains($0) && !isOwn($0, of: program) }) {
            remarks.append(
                "\(YAMLText.name(unclear.pattern)) is no name of outputs alone, so it does not stand under \"outputs\""
            )
        }
        if program.isUnfollowed {
            remarks.append(
                "\(YAMLText.name(program.path)) could not be followed to its end: check \"inputs\"")
        }
        let command = StepCommand(facts).command(of: program)
        return Step(
            program: program, command: command.words, environment: command.environment,
            reads: reads, writes: writes, outputs: outputs, rootInputs: rootInputs,
            markers: markers,
            code: code(of: program), remarks: remarks)
    }

    /// Whether a pattern of what it writes matches nothing that is there for another reason: what it reads, code, or
    /// any file of the folder's top.
    private func isOwn(_ path: PathTemplate, of program: Program) -> Bool {
        if path.isConstant {
            return !path.source.isEmpty && !facts.programs.contains { $0.path == path.source }
        }
        guard !path.folder.isEmpty, case .text? = path.pieces.first else { return false }
        return !program.reads.contains { $0.path != path && $0.isInside && $0.path.meets(path) }
            && !facts.programs.contains { PathTemplate(path: $0.path).meets(path) }
    }

    /// A pattern for one where a hole stands for it too.
    private func withoutDoubles(_ reads: [PathTemplate]) -> [PathTemplate] {
        var kept: [PathTemplate] = []
        for read in reads where !kept.contains(where: { $0.pattern == read.pattern }) {
            kept.append(read)
        }
        return kept.filter { read in
            !kept.contains { $0 != read && !$0.isConstant && read.isConstant && $0.meets(read) }
        }
    }

    /// What listing a folder reads.
    private func listed(_ path: PathTemplate) -> PathTemplate {
        path.source.contains("*") ? PathTemplate(glob: path.source) : path
    }

    private func code(of program: Program) -> [String] {
        var code = Set(program.code.filter { facts.files.contains($0) })
        let command = StepCommand(facts).command(of: program).words
        code.subtract(command)
        if program.language == .quarto
            || [.make, .snakemake].contains(program.language) && program.words == nil
        {
            code.insert(program.path)
        }
        let libraries: [String] =
            switch program.language {
            case .r: ["renv.lock", "DESCRIPTION"]
            case .quarto: ["renv.lock", "requirements.txt", "environment.yml"]
            default:
                code.contains { $0.hasSuffix(".R") || $0.hasSuffix(".r") }
                    || command.contains("Rscript")
                    ? ["renv.lock", "DESCRIPTION"]
                    : [
                        "requirements.txt", "pyproject.toml", "uv.lock", "poetry.lock",
                        "environment.yml",
                    ]
            }
        let found = libraries.filter(facts.files.contains)
        return (Array(code) + found).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .map(StageProposer.escaped)
    }

    private func interpreter(_ program: Program) -> String {
        program.language == .r ? "Rscript" : StepCommand(facts).python
    }
}
