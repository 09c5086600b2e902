/// What a finished process left.
package struct ProcessOutput: Hashable, Sendable {
    package let exit: ProcessExit
    /// The first bytes of each stream, up to the limit that was asked for.
    package let standardOutput: [UInt8]
    package let standardError: [UInt8]
    /// Whether a stream held more than the limit.
    package let outputWasCut: Bool

    /// The streams as text; bytes that are not UTF-8 are replaced.
    package var standardOutputText: String { String(decoding: standardOutput, as: UTF8.self) }
    package var standardErrorText: String { String(decoding: standardError, as: UTF8.self) }
}
