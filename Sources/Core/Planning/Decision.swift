package import Digests
package import Failures

/// What there is to do about a unit.
package enum Decision: Sendable, Hashable {
    case upToDate
    case run([Reason])
    /// The outputs are gone or altered, or the fingerprint was seen before: the store may have them.
    case restoreOrRun([Reason])
    /// Nothing of its own changed, but these units come first and may change its inputs.
    case waits(on: [String])
    /// It cannot run: files that nothing makes are not there.
    case missingInputs([String])
    /// Nothing can be said about it: these files could not be looked at or read.
    case unreadable([Failure])

    package var isUpToDate: Bool { self == .upToDate }

    package var reasons: [Reason] {
        switch self {
        case .run(let reasons), .restoreOrRun(let reasons): reasons
        default: []
        }
    }
}

/// What is known about a file: its content's digest, that it is not there, or why neither is known.
package enum FileFact: Sendable, Hashable {
    case absent
    case content(Digest)
    case unknown(Failure)

    /// As it stands in a component set.
    package var text: String {
        switch self {
        case .absent: "absent"
        case .content(let digest): digest.hex
        case .unknown(let failure): "unknown (\(failure.headline))"
        }
    }
}
