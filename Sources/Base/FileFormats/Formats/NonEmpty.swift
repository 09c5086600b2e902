extension FileFormat {
    package static let nonempty = FileFormat(
        "nonempty", endings: [], help: "Any file that is not empty."
    ) { _ in nil }
}
