"""Functions of R that read, write and fetch, by their names."""

from __future__ import annotations

import re

READ = re.compile(
    r"^(read[._]?\w*|readRDS|load|fread|vroom|import|Read10X\w*|st_read|raster|rast|vect|open_dataset|loadWorkbook|qread|scan|"
    r"readLines|read|fromJSON|h5read|H5File|nc_open|LoadH5Seurat|LoadSeuratRds|source_data|tbl_from_file|yaml\.load_file|readOGR|excel_sheets|readMM|read_)$"
)
WRITE = {
    "saveRDS": 1,
    "write.csv": 1,
    "write.csv2": 1,
    "write.table": 1,
    "fwrite": 1,
    "save": -1,
    "write_csv": 1,
    "write_tsv": 1,
    "write_delim": 1,
    "write_rds": 1,
    "write_feather": 1,
    "write_parquet": 1,
    "write_xlsx": 1,
    "write.xlsx": 1,
    "st_write": 1,
    "writeRaster": 1,
    "writeLines": 1,
    "ggsave": 0,
    "png": 0,
    "pdf": 0,
    "svg": 0,
    "jpeg": 0,
    "tiff": 0,
    "qsave": 1,
    "write_json": 1,
    "export": 1,
    "h5write": 1,
    "saveWorkbook": 1,
    "saveWidget": 1,
    "write_dataset": 1,
    "writeMM": 1,
    "SaveH5Seurat": 1,
    "write_excel_csv": 1,
    "dput": 1,
    "sink": 0,
    "save.image": 0,
    "write_lines": 1,
    "write_file": 1,
    "write_sf": 1,
    "cat": -2,
    "write": 1,
    "zip": 0,
    "save_kable": 1,
    "gtsave": 1,
    "htmlwidgets::saveWidget": 1,
    "orca": 1,
    "save_image": 1,
    "writeVector": 1,
    "fst::write_fst": 1,
    "write_fst": 1,
}
SHINY = {"shinyApp", "runApp", "shinyAppDir"}
FETCH = {"download.file", "curl_download", "GET", "drive_download", "s3_download", "getURL", "gs_read", "read_html"}
