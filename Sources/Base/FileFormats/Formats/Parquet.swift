extension FileFormat {
    /// Parquet file format.
    package static let parquet = FileFormat(
        "parquet", endings: ["parquet", "pq"],
        help: "An Apache Parquet file: `PAR1` at both ends, and a footer that fits."
    ) { file in try file.faultOfEnds("PAR1", least: 12) }
}
