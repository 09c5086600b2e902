"""Which calls read and write files, by the names that libraries give them."""

from __future__ import annotations

# Functions by their full name: where the path stands (position, keywords).
READS: dict[str, tuple[int, tuple[str, ...]]] = {}
WRITES: dict[str, tuple[int, tuple[str, ...]]] = {}
# The mode of these decides; its position and what it is by default.
OPENS: dict[str, tuple[int, str]] = {
    "open": (1, "r"),
    "io.open": (1, "r"),
    "codecs.open": (1, "r"),
    "gzip.open": (1, "rb"),
    "bz2.open": (1, "rb"),
    "lzma.open": (1, "rb"),
    "tarfile.open": (1, "r"),
    "zipfile.ZipFile": (1, "r"),
    "h5py.File": (1, "r"),
    "tables.open_file": (1, "r"),
    "netCDF4.Dataset": (1, "r"),
    "rasterio.open": (1, "r"),
    "fiona.open": (1, "r"),
    "pandas.HDFStore": (1, "a"),
    "zarr.open": (1, "a"),
    "zarr.open_group": (1, "a"),
    "loompy.connect": (1, "r"),
    "shelve.open": (1, "c"),
    "smart_open.open": (1, "r"),
    "fsspec.open": (1, "r"),
    "tiledb.open": (1, "r"),
    "pysam.AlignmentFile": (1, "r"),
    "pysam.VariantFile": (1, "r"),
    "pyarrow.OSFile": (1, "r"),
}

_PATH = (
    "path",
    "filename",
    "fname",
    "file",
    "filepath",
    "filepath_or_buffer",
    "path_or_buf",
    "io",
    "fp",
    "f",
    "source",
    "where",
    "file_path",
)


def _reads(module: str, *names: str, position: int = 0) -> None:
    for name in names:
        READS[f"{module}.{name}"] = (position, _PATH)


def _writes(module: str, *names: str, position: int = 0) -> None:
    for name in names:
        WRITES[f"{module}.{name}"] = (position, _PATH)


_TABLES = (
    "csv",
    "table",
    "excel",
    "feather",
    "parquet",
    "pickle",
    "json",
    "hdf",
    "fwf",
    "stata",
    "sas",
    "spss",
    "orc",
    "html",
    "xml",
    "ipc",
    "ndjson",
    "avro",
    "delta",
)
for _module in ("pandas", "polars", "dask.dataframe", "cudf", "modin.pandas", "geopandas", "dask_geopandas"):
    _reads(_module, *(f"read_{name}" for name in _TABLES), "read_file", "ExcelFile")
_reads("polars", *(f"scan_{name}" for name in _TABLES))
_reads("numpy", "load", "loadtxt", "genfromtxt", "fromfile", "memmap")
_reads("anndata", "read", "read_h5ad", "read_csv", "read_loom", "read_zarr", "read_mtx", "read_text", "read_hdf")
for _module in ("anndata.io", "mudata", "muon", "scanpy", "squidpy.read"):
    _reads(
        _module,
        "read",
        "read_h5ad",
        "read_h5mu",
        "read_10x_h5",
        "read_10x_mtx",
        "read_csv",
        "read_loom",
        "read_mtx",
        "read_zarr",
        "visium",
    )
_reads("pyarrow.parquet", "read_table", "ParquetFile", "ParquetDataset", "read_schema", "read_metadata", "read_pandas")
_reads("pyarrow.feather", "read_table", "read_feather")
_reads("pyarrow.csv", "read_csv", "open_csv")
_reads("pyarrow.json", "read_json")
_reads("pyarrow.dataset", "dataset")
_reads("pyarrow", "memory_map")
_reads(
    "xarray", "open_dataset", "open_dataarray", "load_dataset", "load_dataarray", "open_mfdataset", "open_zarr", "open_rasterio"
)
_reads("rioxarray", "open_rasterio")
_reads("joblib", "load")
_reads("torch", "load")
_reads("tensorflow.keras.models", "load_model")
_reads("keras.models", "load_model")
_reads("scipy.io", "loadmat", "mmread")
_reads("scipy.sparse", "load_npz")
_reads("PIL.Image", "open")
_reads("cv2", "imread", "VideoCapture")
_reads("imageio", "imread", "mimread")
_reads("imageio.v2", "imread")
_reads("imageio.v3", "imread")
_reads("skimage.io", "imread")
_reads("tifffile", "imread", "TiffFile")
_reads("matplotlib.pyplot", "imread")
_reads("nibabel", "load")
_reads("openpyxl", "load_workbook")
_reads("pyreadr", "read_r")
_reads("Bio.SeqIO", "parse", "read", "index")
_reads("Bio.AlignIO", "parse", "read")
_reads("Bio.Phylo", "read", "parse")
_reads("gffutils", "FeatureDB")
_reads("networkx", "read_gml", "read_graphml", "read_edgelist", "read_gexf")
_reads("igraph.Graph", "Read_GraphML", "Read")
_reads("soundfile", "read")
_reads("librosa", "load")
_reads("linecache", "getlines")
_reads("geopandas", "list_layers")
_reads("fileinput", "input")
_reads("shutil", "unpack_archive")
_reads("pickle", "load")

_writes("numpy", "save", "savez", "savez_compressed", "savetxt")
_writes("joblib", "dump", position=1)
_writes("pickle", "dump", position=1)
_writes("cloudpickle", "dump", position=1)
_writes("dill", "dump", position=1)
_writes("json", "dump", position=1)
_writes("yaml", "dump", "safe_dump", position=1)
_writes("torch", "save", position=1)
_writes("pyarrow.parquet", "write_table", "write_to_dataset", "ParquetWriter")
WRITES["pyarrow.parquet.write_table"] = (1, (*_PATH, "where"))
WRITES["pyarrow.parquet.write_to_dataset"] = (1, (*_PATH, "root_path"))
WRITES["pyarrow.dataset.write_dataset"] = (1, (*_PATH, "base_dir"))
_writes("pyarrow.feather", "write_feather", position=1)
_writes("pyarrow.csv", "write_csv", position=1)
_writes("scanpy", "write")
_writes("scipy.io", "savemat", "mmwrite")
_writes("scipy.sparse", "save_npz")
_writes("matplotlib.pyplot", "savefig", "imsave")
_writes("cv2", "imwrite", "VideoWriter")
_writes("imageio", "imwrite", "imsave", "mimsave", "mimwrite")
_writes("imageio.v2", "imwrite", "mimsave")
_writes("imageio.v3", "imwrite")
_writes("skimage.io", "imsave")
_writes("tifffile", "imwrite")
_writes("pandas", "ExcelWriter")
_writes("xlsxwriter", "Workbook")
_writes("plotly.io", "write_image", "write_html", "write_json", position=1)
_writes("plotly.offline", "plot", position=9)
_writes("nibabel", "save", position=1)
_writes("soundfile", "write")
_writes("Bio.SeqIO", "write", position=1)
_writes("networkx", "write_gml", "write_graphml", "write_gexf", position=1)
_writes("logging", "FileHandler")
_writes("shutil", "make_archive")

# Methods by their name, whatever object they belong to; only with a path.
METHOD_READS: dict[str, int] = {"read_from": 0, "from_file": 0, "from_csv": 0, "load_workbook": 0}
METHOD_WRITES: dict[str, int] = {
    **{f"to_{name}": 0 for name in (*_TABLES, "netcdf", "zarr", "file", "markdown", "latex", "raster")},
    **{f"write_{name}": 0 for name in (*_TABLES, "h5ad", "h5mu", "loom", "zarr", "image", "csvs", "gpkg", "database")},
    **{f"sink_{name}": 0 for name in _TABLES},
    "savefig": 0,
    "tofile": 0,
    "render_to": 0,
    "save_model": 0,
    "write_image": 0,
}
# These need a path that ends like a file, as the names stand for much else.
METHOD_SAVES = {
    "save": 0,
    "write": 0,
    "export": 0,
    "savez": 0,
    "dump": 0,
    "save_html": 0,
    "write_h5ad": 0,
    "saveas": 0,
    "to_disk": 0,
}

# From, to.
COPIES = {
    "shutil.copy",
    "shutil.copy2",
    "shutil.copyfile",
    "shutil.copytree",
    "shutil.move",
    "os.rename",
    "os.replace",
    "os.link",
    "os.symlink",
}
MOVES = {"shutil.move", "os.rename", "os.replace"}
REMOVALS = {"os.remove", "os.unlink", "shutil.rmtree", "os.rmdir", "os.removedirs"}
LISTINGS = {"os.listdir", "os.scandir", "os.walk"}
GLOBS = {"glob.glob", "glob.iglob"}
FETCHES = (
    "requests.get",
    "requests.post",
    "urllib.request.urlopen",
    "urllib.request.urlretrieve",
    "wget.download",
    "gdown.download",
    "httpx.get",
    "boto3.client",
    "boto3.resource",
    "pooch.retrieve",
    "kaggle.",
    "ftplib.FTP",
    "paramiko.SSHClient",
    "google.cloud.storage",
    "huggingface_hub.",
    "datasets.load_dataset",
    "Entrez.",
    "Bio.Entrez.",
    "requests.Session",
)
STARTS = {
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "os.system",
    "os.popen",
}
DATABASES = {
    "sqlite3.connect": 0,
    "sqlite_utils.Database": 0,
    "duckdb.connect": 0,
    "sqlalchemy.create_engine": 0,
    "apsw.Connection": 0,
    "create_engine": 0,
    "dataset.connect": 0,
    "tinydb.TinyDB": 0,
}
DATABASE_WRITES = {
    "insert",
    "insert_all",
    "upsert",
    "upsert_all",
    "create",
    "create_table",
    "enable_fts",
    "create_index",
    "transform",
    "drop",
    "create_view",
    "lookup",
    "add_column",
    "vacuum",
    "delete_where",
    "populate_fts",
    "add_foreign_key",
    "index_foreign_keys",
    "extract",
    "insert_many",
    "import_database",
    "convert",
}
