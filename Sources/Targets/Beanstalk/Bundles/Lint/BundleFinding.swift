package import YAML

/// Something about the files of a bundle that its author should know before it is deployed.
package struct BundleFinding: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: String, Hashable, Sendable {
        /// Deploying this fails, or leaves out what was meant.
        case error
        case warning
    }

    package let severity: Severity
    /// Relative to the folder of the bundle.
    package let file: String
    /// Where in the file; nil when it is about the whole of it.
    package let mark: Mark?
    /// What is wrong, in lower case.
    package let text: String
    /// What to do, as an order.
    package let advice: String

    package init(
        _ severity: Severity, _ file: String, _ mark: Mark?, _ text: String, advice: String
    ) {
        self.severity = severity
        self.file = file
        self.mark = mark
        self.text = text
        self.advice = advice
    }

    /// About the whole of a file.
    package init(_ severity: Severity, _ file: String, _ text: String, advice: String) {
        self.init(severity, file, nil, text, advice: advice)
    }

    /// `FILE:LINE:COLUMN: error: TEXT: ADVICE`, the form that editors jump to.
    package var description: String {
        let place = mark.map { "\(file):\($0)" } ?? file
        return "\(place): \(severity.rawValue): \(text): \(advice)"
    }
}
