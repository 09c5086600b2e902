extension FileFormat {
    /// The superblock holds where the file ends (HDF5 file format, III.A).
    package static let hdf5 = FileFormat(
        "hdf5", endings: ["h5", "hdf5", "h5ad", "h5mu", "loom"],
        help:
            "An HDF5 file, as h5py, AnnData, NetCDF-4 and Keras write: as long as its superblock has it, and closed."
    ) { file in
        let head = try file.head(96)
        guard head.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]), head.count > 48
        else { return "has no HDF5 superblock" }
        // Version 0 and 1 have the size of addresses at 13 and their fields from 24 or 28 on; later ones at 9, and from 12.
        let version = head[8]
        let width = Int(version < 2 ? head[13] : head[9])
        let start = version == 0 ? 24 : version == 1 ? 28 : 12
        guard width == 8, start + 24 <= head.count else { return nil }
        let end = Int64(truncatingIfNeeded: littleEndian(head[(start + 16)..<(start + 24)]))
        if version >= 2, head[11] & 1 != 0 { return "was not closed by its writer" }
        return file.size == end
            ? nil : "is \(file.size) bytes long, and its superblock has \(end)"
    }
}
