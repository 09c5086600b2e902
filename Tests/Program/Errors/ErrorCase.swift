import Testing

/// How to make one error happen with the built program, on this machine alone.
struct ErrorCase: CustomTestStringConvertible, Sendable {
    let code: String
    let exit: Int32
    let words: [String]
    let definition: String
    /// A shell's script, run in the project; `$PIPELINE` is the program.
    let setup: String
    /// `$ROOT` is the project.
    let environment: [String: String]
    /// Whether versions of other programs, or chance, show in what is reported.
    let varies: Bool

    init(
        _ code: String, exit: Int32, _ words: [String], definition: String, setup: String = "",
        environment: [String: String] = [:], varies: Bool = false
    ) {
        self.code = code
        self.exit = exit
        self.words = words
        self.definition = definition
        self.setup = setup
        self.environment = environment
        self.varies = varies
    }

    var testDescription: String { code }

    static let all =
        use + plans + ledger + definition + shapes + units + data + packs + configuration + shipping
        + aws
        + tools + changes
}

extension String {
    /// A compile stage of one unit, and a sync of what it makes.
    static let plain = """
        project: p
        stages:
          compile:
            units:
              one: { command: "cp in.txt {output}", inputs: in.txt, outputs: out/one.txt }
          sync: { kind: sync, needs: compile, data: [out] }

        """

    /// All that a site needs, and nothing that compiles.
    static let site = """
        project: p
        stages:
          image: { kind: image, context: site }
          push: { kind: push, needs: image }
          sync: { kind: sync, data: [out] }
          deploy: { kind: deploy, needs: [push, sync] }

        """
}
