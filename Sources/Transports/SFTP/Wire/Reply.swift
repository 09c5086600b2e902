/// What a server answers (draft-ietf-secsh-filexfer-02, section 7).
enum Reply: Hashable, Sendable {
    case status(StatusCode, message: String)
    case handle(Handle)
    case data(ArraySlice<UInt8>)
    case names([RemoteName])
    case attributes(FileAttributes)
    /// What an extension answers, still to be read.
    case extended(ArraySlice<UInt8>)

    /// Reads a packet that is not the answer to the initialization.
    static func parse(
        _ packet: ArraySlice<UInt8>
    ) throws(ProtocolViolation) -> (id: UInt32, reply: Reply) {
        var reader = PacketReader(packet)
        let type = try reader.byte()
        let id = try reader.uint32()
        switch type {
        case 101:
            let code = StatusCode(rawValue: try reader.uint32())
            // Very old servers leave out the message (section 7).
            let message = reader.isAtEnd ? [] : try reader.string()
            return (id, .status(code, message: Self.text(message)))
        case 102:
            let handle = try reader.string()
            guard handle.count <= 256 else { throw ProtocolViolation("a handle is too long") }
            return (id, .handle(Handle(bytes: Array(handle))))
        case 103: return (id, .data(try reader.string()))
        case 104:
            var names: [RemoteName] = []
            for _ in 0..<(try reader.uint32()) {
                let name = Array(try reader.string())
                _ = try reader.string()
                names.append(RemoteName(bytes: name, attributes: try reader.attributes()))
            }
            return (id, .names(names))
        case 105: return (id, .attributes(try reader.attributes()))
        case 201: return (id, .extended(packet.dropFirst(5)))
        default: throw ProtocolViolation("a packet has the unknown type \(type)")
        }
    }

    // A few lines for people; a server may send megabytes.
    private static func text(_ message: ArraySlice<UInt8>) -> String {
        let most = 1000
        let text = String(decoding: message.prefix(most), as: UTF8.self)
        return message.count > most ? text + "…" : text
    }

    /// Reads the answer to the initialization: the server's extensions with their data.
    static func parseVersion(
        _ packet: ArraySlice<UInt8>
    ) throws(ProtocolViolation) -> [String: String] {
        var reader = PacketReader(packet)
        guard try reader.byte() == 2 else {
            throw ProtocolViolation("the first packet is no answer to the initialization")
        }
        let version = try reader.uint32()
        guard version == 3 else {
            throw ProtocolViolation("the server speaks version \(version), not 3")
        }
        var extensions: [String: String] = [:]
        while !reader.isAtEnd {
            let name = String(decoding: try reader.string(), as: UTF8.self)
            extensions[name] = String(decoding: try reader.string(), as: UTF8.self)
        }
        return extensions
    }
}

/// A name in a folder of a server: not trusted, see `isSafe`.
package struct RemoteName: Hashable, Sendable {
    package let bytes: [UInt8]
    package let attributes: FileAttributes

    package init(bytes: [UInt8], attributes: FileAttributes) {
        self.bytes = bytes
        self.attributes = attributes
    }

    /// Whether it names something in its folder and nothing else. `.`, `..`, an empty name, and names
    /// with a slash or a zero byte could lead elsewhere.
    package var isSafe: Bool {
        !bytes.isEmpty && bytes != [0x2E] && bytes != [0x2E, 0x2E]
            && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0)
    }
}

/// How a request ended (draft-ietf-secsh-filexfer-02, section 7).
package struct StatusCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let ok = StatusCode(rawValue: 0)
    package static let endOfFile = StatusCode(rawValue: 1)
    package static let noSuchFile = StatusCode(rawValue: 2)
    package static let permissionDenied = StatusCode(rawValue: 3)
    /// Anything else: a full disk and a name that exists both end here.
    package static let failure = StatusCode(rawValue: 4)
    package static let badMessage = StatusCode(rawValue: 5)
    package static let noConnection = StatusCode(rawValue: 6)
    package static let connectionLost = StatusCode(rawValue: 7)
    package static let unsupported = StatusCode(rawValue: 8)

    /// Whether a file could not be made, perhaps, because something has its name: version 3 has no code
    /// for that, and servers say FAILURE or one of later versions.
    var mayMeanExists: Bool { ![.ok, .noSuchFile, .permissionDenied].contains(self) }
}
