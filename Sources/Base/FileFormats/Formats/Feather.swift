extension FileFormat {
    /// Arrow columnar format, IPC file format.
    package static let feather = FileFormat(
        "feather", endings: ["feather", "arrow"],
        help:
            "A Feather v2 file (Arrow IPC file format): `ARROW1` at both ends, and a footer that fits."
    ) { file in try file.faultOfEnds("ARROW1", least: 18) }
}
