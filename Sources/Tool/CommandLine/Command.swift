import Arguments

/// One command of the tool: how it is called, and what it does.
struct Command: Sendable {
    let spec: CommandSpec
    let body: @Sendable (Invocation) throws -> ExitCode

    init(_ spec: CommandSpec, _ body: @escaping @Sendable (Invocation) throws -> ExitCode) {
        self.spec = spec
        self.body = body
    }
}
