import FileFormats

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

    /// The endings of formats that are checked, and those of other data. A JSON file holds settings as often as data.
    private static let data = Set(FileFormat.all.flatMap(\.endings)).subtracting(["json"])
        .union([
            "nc", "zarr", "csv", "tsv", "pkl", "pickle", "npy", "mat", "rds", "rda", "rdata", "fa",
            "fasta", "fastq", "fq", "bam", "vcf", "bed", "gtf", "gff", "tif", "tiff", "shp", "dbf",
            "tar", "tgz", "7z", "gz", "xz", "squash", "squashfs", "sqfs", "pt", "pth", "ckpt",
            "onnx", "safetensors", "bin", "mtx",
        ])

    private static let code: Set = [
        "py", "r", "jl", "js", "mjs", "ts", "jsx", "tsx", "html", "css", "scss", "swift", "c", "cc",
        "cpp", "h", "hpp", "java", "go", "rs", "rb", "sh", "bash", "tf", "ipynb",
    ]
}
