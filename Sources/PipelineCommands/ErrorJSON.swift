import Failures

/// What went wrong as one JSON object on a line of its own, for programs.
enum ErrorJSON {
    static func line(_ failure: Failure, commandLine: String?) -> String {
        JSONValue.object(members(failure, commandLine: commandLine)).text
    }

    static func members(_ failure: Failure, commandLine: String?) -> [String: JSONValue] {
        [
            "error": .string(failure.code), "message": .string(failure.headline),
            "at": .array(failure.places.map(place)), "cause": .string(failure.cause),
            "said": .strings(failure.said), "log": .string(failure.log),
            "next": .string(failure.advice),
            "command": .string(command(failure, commandLine)),
        ]
    }

    private static func command(_ failure: Failure, _ commandLine: String?) -> String? {
        switch failure.command {
        case .exact(let text): text
        case .again(let option): commandLine.map { $0 + (option.map { " \($0)" } ?? "") }
        case nil: nil
        }
    }

    private static func place(_ place: Failure.Place) -> JSONValue {
        switch place {
        case .file(let file, let line, let column):
            .object(["file": .string(file), "line": .int(line), "column": .int(column)])
        case .unit(let name): .object(["unit": .string(name)])
        case .host(let name): .object(["host": .string(name)])
        }
    }
}
