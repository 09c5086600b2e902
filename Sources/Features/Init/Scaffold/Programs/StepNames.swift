/// Names of stages for steps: those of rules as they are, else of the program's file.
struct StepNames {
    private var used: Set<String> = ["image", "push", "sync", "deploy", "run"]
    private let compile: Int?

    /// - Parameter order: indices of `steps`.
    init(_ steps: [Step], _ order: [Int]) {
        // The one program that begins it all is the compile.
        let first = order.filter { index in
            !steps[index].program.isDeclared
                && !steps[index].reads.contains { read in
                    order.contains { $0 != index && steps[$0].writes.contains { $0.meets(read) } }
                }
        }
        compile =
            first.count == 1 && !order.contains { steps[$0].program.isDeclared } ? first.first : nil
        program = compile.map { steps[$0].program }
    }

    private let program: Program?

    mutating func next(_ step: Step) -> String {
        if step.program == program, used.insert("compile").inserted { return "compile" }
        let target = step.program.target.map {
            $0.contains("/") || $0.contains(".") ? Path.stem($0) : $0
        }
        let base = SiteChoice.plainName(target ?? Path.stem(step.program.path)) ?? "step"
        var name = base
        var number = 2
        while !used.insert(name).inserted {
            name = "\(base)-\(number)"
            number += 1
        }
        return name
    }
}
