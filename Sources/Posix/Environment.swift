import CPosix
import Glibc

/// The environment this process was started with. The tool never changes it, for that is not safe
/// with more than one thread (setenv(3)).
package enum Environment {
  /// The value of a variable; nil when it is not set.
  package static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

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
