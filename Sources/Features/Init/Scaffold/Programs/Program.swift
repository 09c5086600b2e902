/// A program of the folder, or a rule that starts some, with what it does to files: read from its text.
package struct Program: Hashable, Sendable {
    package enum Language: String, Sendable {
        case python, r, shell, notebook, quarto, make, snakemake, dvc
    }

    package struct Access: Hashable, Sendable {
        package enum Action: String, Sendable { case read, write, delete, test, list }

        package let action: Action
        package let path: PathTemplate
        /// Whether the path lies in the project.
        package let isInside: Bool
        /// An absolute path, or one above the project.
        package let isOutside: Bool
        package let file: String
        package let line: Int
        /// Whether the program looks for it beside its own file, wherever it is started.
        package var isAnchored = false
        /// Whether only calls from elsewhere reach it, such as those of a visitor.
        package let isPossible: Bool
        /// What stands in the holes, where a loop over constants tells.
        package let values: [String: [String]]

        package init(
            _ action: Action, _ path: String, isInside: Bool = true, isOutside: Bool = false,
            file: String, line: Int, isPossible: Bool = false, values: [String: [String]] = [:]
        ) {
            self.action = action
            self.path = PathTemplate(path)
            self.isInside = isInside
            self.isOutside = isOutside
            self.file = file
            self.line = line
            self.isPossible = isPossible
            self.values = values
        }

        /// The same by its path in the project, where the container sees that at an absolute one.
        func inside(_ places: [(from: String, to: String)]) -> Access {
            guard isOutside else { return self }
            for place in places.sorted(by: { $0.to.utf8.count > $1.to.utf8.count })
            where Path.isWithin(path.source, place.to) {
                let rest = String(path.source.dropFirst(place.to.count).drop { $0 == "/" })
                return Access(
                    action, Path.join(place.from, rest), file: file, line: line,
                    isPossible: isPossible, values: values)
            }
            return self
        }

        var place: String { "\(YAMLText.name(file)) line \(line)" }
    }

    package struct Argument: Hashable, Sendable {
        package let name: String
        package let isRequired: Bool
        package let fallback: String?

        package init(name: String, isRequired: Bool, fallback: String?) {
            self.name = name
            self.isRequired = isRequired
            self.fallback = fallback
        }
    }

    /// What a recipe or script does that no stage should.
    package enum Deed: String, Sendable {
        case install, deploy, download, delete, image, serve, test
    }

    package let path: String
    package let language: Language
    /// The folder that it runs in, below the project.
    package var folder = ""
    /// Name of the rule or stage, where it is one.
    package var target: String?
    package var accesses: [Access] = []
    /// What is read where a site imports it, if that differs from what it does when it is started.
    package var visited: [Access]?
    /// Other files of the project that are part of it.
    package var code: [String] = []
    package var imports: Set<String> = []
    package var deeds: Set<Deed> = []
    /// Whether it does something when it is started.
    package var isProgram = true
    /// The framework of the site that it serves.
    package var framework: String?
    package var port: Int?
    package var arguments: [Argument] = []
    /// Words of the command lines that it starts.
    package var started: [[String]] = []
    /// The command line, where one is known.
    package var words: [String]?
    /// Lines of a recipe.
    package var lines: [String] = []
    package var variables: [String: String] = [:]
    package var isPhony = false
    package var isPattern = false
    /// Where it changes to a folder that only its author's machine has.
    package var moves: [Access] = []
    /// Whether there was more to it than could be followed.
    package var isUnfollowed = false

    package init(path: String, language: Language) {
        self.path = path
        self.language = language
    }

    var name: String { target.map { "\(path): \($0)" } ?? path }

    /// Files that it reads or lists when it is started.
    var reads: [Access] {
        accesses.filter { !$0.isPossible && [.read, .list].contains($0.action) }
    }
    var writes: [Access] { accesses.filter { !$0.isPossible && $0.action == .write } }
    /// Whether the project itself declares it as a step.
    var isDeclared: Bool { target != nil }
}

/// A line that holds a credential; never the credential.
package struct CredentialPlace: Hashable, Sendable {
    package let file: String
    package let line: Int
    package let kind: String

    package init(file: String, line: Int, kind: String) {
        self.file = file
        self.line = line
        self.kind = kind
    }
}

/// Whether programs in Python, R and the like could be read.
package enum ProgramReading: Hashable, Sendable {
    case done
    /// No Python 3 was found, or it failed: why.
    case notDone(String)
}
