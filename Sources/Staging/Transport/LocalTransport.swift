/// A transport whose files lie on this machine, so that several threads may read them side by side.
package protocol LocalTransport: Transport {
    /// A regular file, open for reading: the one who asks closes it. Nil where there is none.
    func openForReading(_ path: RelativePath) throws(TransportError) -> Int32?
}
