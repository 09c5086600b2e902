/// The program in Python that does a job where the data lies. Its modules are sent as one text, so that nothing of it is
/// installed there.
enum AgentProgram {
    /// Each after those that it imports.
    private static let modules = [
        ("slot_names", PackageResources.slot_names_py), ("stores", PackageResources.stores_py),
        ("slot", PackageResources.slot_py), ("root", PackageResources.root_py),
        ("guards", PackageResources.guards_py), ("operations", PackageResources.operations_py),
        ("agent", PackageResources.agent_py),
    ]

    /// The modules one after the other, without the lines by which they import each other.
    static let text: String = {
        let imports = modules.map { "from \($0.0) import " }
        return modules.map { _, bytes in
            String(decoding: bytes, as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
                .filter { line in !imports.contains { line.hasPrefix($0) } }
                .joined(separator: "\n")
        }.joined(separator: "\n\n")
    }()
}
