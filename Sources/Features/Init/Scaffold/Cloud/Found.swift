/// A value, and where it stands.
struct Found: Hashable {
    let value: String
    let file: String
    let line: Int

    var place: String { "\(YAMLText.name(file)) line \(line)" }
}
