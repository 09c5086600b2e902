import Posix
import SFTP
package import Slots

/// The tool's own files at the root of a place: its claim and its lock.
extension SFTPTransport {
    package func readOwn(_ name: String) throws(TransportError) -> [UInt8]? {
        try read(root.appending(name), limit: 1 << 16)
    }

    package func writeOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) {
        let (place, staged) = (root.appending(name), root.appending(SlotNames.stagedOwn))
        try ask { () throws(SFTPError) in
            try client.write(bytes, to: place, aside: staged, removing: [], isDurable: true)
        }
    }

    package func createOwn(_ name: String, _ bytes: [UInt8]) throws(TransportError) -> Bool {
        let place = root.appending(name)
        let aside = root.appending(SlotNames.stagedOwn + "-" + RandomID.plain())
        return try ask { () throws(SFTPError) in
            try client.create(bytes, at: place, aside: aside)
        }
    }

    package func removeOwn(_ name: String) throws(TransportError) {
        let place = root.appending(name)
        try ask { () throws(SFTPError) in try client.remove([place]) }
    }
}
