/// What the ending of a file's name says about it.
enum FileEndings {
    /// `feather` of `a.feather`; lower case; what precedes a compression counts: `tsv` of `a.tsv.gz`.
    static func ending(_ name: String) -> String {
        var parts = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return "" }
        if parts.count > 2, let last = parts.last, compressions.contains(String(last)) {
            parts.removeLast()
        }
        return String(parts.last ?? "")
    }

    static func isData(_ name: String) -> Bool { data.contains(ending(name)) }
    static func isCode(_ name: String) -> Bool { code.contains(ending(name)) }

    private static let compressions: Set = ["gz", "bz2", "xz", "zst"]

    private static let data: Set = [
        "feather", "parquet", "arrow", "h5", "hdf5", "h5ad", "loom", "nc", "zarr", "csv", "tsv",
        "pkl", "pickle", "npy", "npz", "mat", "rds", "rda", "rdata", "fa", "fasta", "fastq", "fq",
        "bam", "vcf", "bed", "gtf", "gff", "tif", "tiff", "gpkg", "geojson", "shp", "dbf", "sqlite",
        "db", "zip", "tar", "tgz", "7z", "gz", "xz", "squash", "squashfs", "sqfs", "pt", "pth",
        "ckpt", "onnx", "safetensors", "bin", "xlsx", "mtx",
    ]

    private static let code: Set = [
        "py", "r", "jl", "js", "mjs", "ts", "jsx", "tsx", "html", "css", "scss", "swift", "c", "cc",
        "cpp", "h", "hpp", "java", "go", "rs", "rb", "sh", "bash", "tf", "ipynb",
    ]
}
