/// An error of work that goes on elsewhere, whether or not this program looks.
package protocol RemoteError: Error {
    /// Whether what was begun may still be going on.
    var goesOn: Bool { get }
}

/// Where intents are written before their effect, and outcomes after it was verified. A journal keeps
/// both over a power cut.
package protocol RemoteJournal {
    /// - Parameters:
    ///   - kind: what is done, such as `update-environment`.
    ///   - subject: what it is done to.
    /// - Returns: the intent's number.
    func will(_ kind: String, _ subject: String, detail: String?) throws -> Int64
    func did(_ intent: Int64) throws
    /// - Parameter isKnown: false where it may have been done after all.
    func failed(_ intent: Int64, message: String, isKnown: Bool) throws
    /// Asked before each call that changes something: throws where that is another's to change by now.
    func confirm() throws
}

extension RemoteJournal {
    /// Writes down what `body` is about to do, does it, and writes down how it went. Before that it is confirmed that
    /// it may be done; where `body` sends a call again after a wait, it asks again.
    package func record<Result>(
        _ kind: String, _ subject: String, detail: String? = nil, _ body: () throws -> Result
    ) throws -> Result {
        try confirm()
        let intent = try will(kind, subject, detail: detail)
        do {
            let result = try body()
            try did(intent)
            return result
        } catch {
            let goesOn = (error as? any RemoteError)?.goesOn ?? false
            try failed(intent, message: "\(error)", isKnown: !goesOn)
            throw error
        }
    }
}

/// For looking only: nothing is changed, so nothing is written down.
package struct SilentJournal: RemoteJournal {
    package init() {}
    package func will(_ kind: String, _ subject: String, detail: String?) -> Int64 { 0 }
    package func did(_ intent: Int64) {}
    package func failed(_ intent: Int64, message: String, isKnown: Bool) {}
    package func confirm() {}
}
