/// How it is judged whether a file that a unit wrote is whole.
package enum OutputCheck: Hashable, Sendable {
    case format(FileFormat)
    /// A program that exits with 0 for a whole file; `{output}` is its path.
    case command([Template])
}

/// Formats of files whose ends, lengths or tables tell a whole file from a cut one.
package enum FileFormat: String, CaseIterable, Sendable {
    /// A Feather v2 file (Arrow columnar format, IPC file format).
    case feather
    /// An Apache Parquet file.
    case parquet
    /// An HDF5 file, as h5py, AnnData (`.h5ad`), NetCDF-4 and Keras write.
    case hdf5
    /// A JSON text (RFC 8259).
    case json
    /// A SQLite database that no transaction is open in.
    case sqlite
    /// A ZIP archive, as `numpy.savez`, `.xlsx` and many others are.
    case zip
    /// Any file that is not empty.
    case nonempty

    /// The format that a path's ending stands for; nil where it stands for none of these.
    package init?(endingOf path: String) {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        switch path[path.index(after: dot)...].lowercased() {
        case "feather", "arrow": self = .feather
        case "parquet", "pq": self = .parquet
        case "h5", "hdf5", "h5ad", "h5mu", "loom": self = .hdf5
        case "json", "geojson": self = .json
        case "sqlite", "sqlite3", "db", "gpkg": self = .sqlite
        case "zip", "npz", "xlsx": self = .zip
        default: return nil
        }
    }
}
