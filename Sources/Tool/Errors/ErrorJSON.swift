import Failures
import JSON

/// What went wrong as one JSON object on a line of its own, for programs.
enum ErrorJSON {
    static func line(_ failure: Failure, after typed: TypedCommand?) -> String {
        JSONValue.object(members(failure, after: typed)).text
    }

    static func members(_ failure: Failure, after typed: TypedCommand?) -> [String: JSONValue] {
        [
            "error": .string(failure.code), "message": .string(failure.headline),
            "at": .array(failure.places.map(place)), "cause": .string(failure.cause),
            "said": .strings(failure.said), "log": .string(failure.log),
            "next": .string(failure.advice),
            "command": .string(failure.command.flatMap { TypedCommand.text($0, after: typed) }),
        ]
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
