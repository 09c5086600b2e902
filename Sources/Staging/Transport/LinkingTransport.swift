/// A transport that can have a name at the top of a place lead to one of its folders, and to another in one step.
package protocol LinkingTransport: Transport {
    /// What has this name; a link is not followed.
    func topLink(_ name: String) throws(TransportError) -> TopLink

    /// Makes the link under a temporary name and renames it over the other, durably where the route can: at every
    /// moment the name leads to the old or to the new target.
    func replaceTopLink(_ name: String, with target: String) throws(TransportError)

    /// Removes it. It may be missing.
    func removeTopLink(_ name: String) throws(TransportError)
}

/// What has a name at the top of a place.
package enum TopLink: Hashable, Sendable {
    case absent
    /// A symbolic link with this text.
    case link(String)
    /// A file, a folder or something else.
    case other(TransportEntry.Kind)
}

extension SlotNames {
    /// Under which name a link lies that is about to get its own.
    package static func stagedLink(_ name: String) -> String { stagedOwn + "-link-" + name }
}
