import JSON

/// The file at the root of a place that says whose the place is. It is made once, before anything else is written
/// there.
package struct PlaceClaim: Hashable, Sendable {
    /// Its name in the folder that holds the slots, or is the only one.
    package static let fileName = ".pipeline-place.json"
    static let format = 1

    package var project: String
    package var environment: String

    package init(project: String, environment: String) {
        self.project = project
        self.environment = environment
    }

    /// The content of the file.
    package var encoded: [UInt8] {
        let members = [
            "\"environment\": \(JSONText.quoted(environment, .numbers))",
            "\"format\": \(Self.format)",
            "\"project\": \(JSONText.quoted(project, .numbers))",
        ]
        return Array("{\(members.joined(separator: ", "))}\n".utf8)
    }
}

/// What a file of the tool's own says, where there is one.
package enum OwnFile<Content: Hashable & Sendable>: Hashable, Sendable {
    case absent
    case present(Content)
    /// There is one, of a newer format or damaged: it says nothing to this version, and is not to be replaced.
    case unknown(reason: String)
}

extension OwnFile where Content == PlaceClaim {
    /// Reads the content of a claim's file; nil is its absence.
    package init(claim bytes: [UInt8]?) {
        guard let bytes else {
            self = .absent
            return
        }
        switch OwnFormat.check(bytes, newest: PlaceClaim.format) {
        case .unknown(let reason): self = .unknown(reason: reason)
        case .readable(let values):
            guard let project = values.project, let environment = values.environment else {
                self = .unknown(reason: OwnFormat.damaged)
                return
            }
            self = .present(PlaceClaim(project: project, environment: environment))
        }
    }
}

extension OwnFile where Content == SlotMarker {
    /// Reads the content of a slot's marker; nil is its absence.
    package init(marker bytes: [UInt8]?) {
        guard let bytes else {
            self = .absent
            return
        }
        switch OwnFormat.check(bytes, newest: SlotMarker.format) {
        case .unknown(let reason): self = .unknown(reason: reason)
        case .readable:
            self =
                SlotMarker(decoding: bytes).map { .present($0) }
                ?? .unknown(reason: OwnFormat.damaged)
        }
    }
}

/// What all of the tool's own JSON files have in common.
enum OwnFormat {
    struct Values: Decodable {
        var format: Int?
        var project: String?
        var environment: String?
    }

    enum Reading {
        case readable(Values)
        case unknown(String)
    }

    static let damaged = "it is damaged"

    static func check(_ bytes: [UInt8], newest: Int) -> Reading {
        let values = try? JSONValue.decode(Values.self, from: bytes)  // try?: unknown, below
        guard let values else {
            return .unknown(damaged)
        }
        if let format = values.format, format > newest {
            return .unknown("a newer version of this program wrote it (format \(format))")
        }
        return .readable(values)
    }
}
