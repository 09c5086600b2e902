import Arguments
import Failures
import JSON
import Posix

/// The file that a plan is saved in.
extension SavedPlan {
    /// Where a file lies that was named before the project was entered; absolute.
    static func place(_ typed: String) throws -> String {
        typed.hasPrefix("/") ? typed : "\(try FileSystem.currentDirectory())/\(typed)"
    }

    /// Writes over nothing that is not a plan.
    func write(to path: String) throws {
        if let status = try FileSystem.status(path), status.size > 0 {
            let plan = try? Self.read(path)  // try?: what is no plan is not overwritten
            guard plan != nil else { throw Unusable.notOurs(path) }
        }
        // Values of declared variables stand in it, as in the ledger.
        try FileSystem.writeAtomically(try JSONValue.encode(self).bytes, to: path, mode: 0o600)
    }

    static func read(_ path: String) throws -> SavedPlan {
        guard try FileSystem.status(path) != nil else { throw Unusable.missing(path) }
        struct Form: Decodable { let pipelinePlan: Int }
        let bytes = try FileSystem.read(path)
        guard let form = try? JSONValue.decode(Form.self, from: bytes) else {  // try?: it throws
            throw Unusable.noPlan(path)
        }
        guard form.pipelinePlan == Self.form else { throw Unusable.otherForm(path) }
        let plan = try? JSONValue.decode(SavedPlan.self, from: bytes)  // try?: it throws
        guard let plan else {
            throw Unusable.noPlan(path)
        }
        return plan
    }

    /// Why a file cannot be used as a plan, or not like this.
    enum Unusable: Explained, Hashable {
        case missing(String)
        case noPlan(String)
        case notOurs(String)
        case otherForm(String)
        case otherProject(String, root: String)
        case saysAlready(option: String)

        var description: String { failure.text }

        var failure: Failure {
            switch self {
            case .missing(let path):
                Failure(
                    "no-such-plan", "there is no plan \"\(path)\"", next: "make one",
                    run: Self.making(path))
            case .noPlan(let path):
                Failure(
                    "not-a-plan", "\"\(path)\" is not a plan",
                    next: "name one that was made by `pipeline plan --save FILE`")
            case .notOurs(let path):
                Failure(
                    "plan-over-other-file",
                    "\"\(path)\" is there and is not a plan, so it was not replaced",
                    next: "name another file, or remove it")
            case .otherForm(let path):
                Failure(
                    "plan-other-version",
                    "the plan \"\(path)\" is of another version of pipeline",
                    next: "make it again", run: Self.making(path))
            case .otherProject(let path, let root):
                Failure(
                    "plan-other-project",
                    "the plan \"\(path)\" is of the project in \"\(root)\"",
                    next: "carry it out there",
                    run: .exact(
                        ShellWords.line(["pipeline", "run", "--project", root, "--plan", path])))
            case .saysAlready(let option):
                Failure(
                    "plan-says-already",
                    "\(option) does not go with --plan: the plan decides what runs",
                    next: "leave out \(option), or make another plan", run: "pipeline plan --help")
            }
        }

        private static func making(_ path: String) -> Failure.Command {
            .exact(ShellWords.line(["pipeline", "plan", "--save", path]))
        }
    }
}
