extension FileFormat {
    /// The formats that `check` knows, in the order in which they are listed.
    package static let all = [feather, parquet, hdf5, json, sqlite, zip, nonempty]
}
