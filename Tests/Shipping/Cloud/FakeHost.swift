import DeployTargets
import Digests

/// What runs releases, as a list of what it was asked for.
final class FakeHost: ServiceHost {
    private(set) var steps: [String] = []
    /// What is thrown by a step of this name.
    var failures: [String: any Error] = [:]
    /// Called at the beginning of each step.
    var onStep: (String) throws -> Void = { _ in }
    var address: String?
    var aftermath = Aftermath.other("it was changed")

    private func step(_ name: String) throws {
        steps.append(name)
        try onStep(name)
        if let error = failures[name] { throw error }
    }

    func confirm(_ release: ServiceRelease) throws { try step("confirm \(release.number)") }
    func confirm(existing label: VersionLabel) throws { try step("confirm \(label.text)") }

    func awaitReady() throws -> String? {
        try step("awaitReady")
        return nil
    }

    func prepare(
        _ release: ServiceRelease, slot: String, existing: VersionLabel?
    ) throws -> VersionLabel {
        try step("prepare \(slot)")
        return existing
            ?? VersionLabel(release: release.number, slot: slot, bundle: Digest.of("bundle"))
    }

    func provide() throws { try step("provide") }

    func run() throws -> String? {
        try step("run")
        return address
    }

    func goBack() throws -> Aftermath {
        try step("goBack")
        return aftermath
    }

    func running() throws -> String {
        try step("running")
        return "it runs version x"
    }

    func prune() { steps.append("prune") }

    func restart() throws { try step("restart") }
}
