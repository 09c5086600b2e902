import CPosix
import Glibc

/// The environment of this process.
package enum Environment {
    /// The value of a variable; nil when it is not set.
    package static func value(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Sets a variable that is not set. Only before any other thread is started: changing the
    /// environment is not safe with more than one (setenv(3)).
    package static func setDefault(_ name: String, _ value: String) { _ = setenv(name, value, 0) }

    /// All variables by name.
    package static let all: [String: String] = {
        var variables: [String: String] = [:]
        var next = cposix_environment()
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                variables[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
            }
            next += 1
        }
        return variables
    }()
}
