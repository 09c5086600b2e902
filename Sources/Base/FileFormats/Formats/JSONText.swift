import JSON

extension FileFormat {
    package static let json = FileFormat(
        "json", endings: ["json", "geojson"], help: "A JSON text (RFC 8259): parses as a whole."
    ) { file in
        do {
            _ = try JSONValue(parsing: try file.text())
            return nil
        } catch let error as JSONError {
            return "does not parse: \(error)"
        }
    }
}
