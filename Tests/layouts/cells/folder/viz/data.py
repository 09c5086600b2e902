import functools
import os

import pandas as pd
import scanpy as sc


def _filename(prefix, condition, fdr, extension):
    return os.path.join(prefix, f"{condition}_{fdr}.{extension}")


def _condition(name):
    if name == "cin":
        return "highCIN_vs_lowCIN"
    elif name in ("sting", "max"):
        return "highCIN_vs_noSTING"
    return name


def read_circos(condition, fdr):
    return pd.read_feather(_filename("data/compiled/circos", _condition(condition), fdr.split(".")[-1], "feather"))


def read_interactions(condition, fdr):
    prefix = "data/compiled/interactions"
    return pd.read_feather(_filename(prefix, _condition(condition), fdr.split(".")[-1], "feather"))


def read_effects(condition, target):
    path = "data/compiled/ligand_effects/" + _condition(condition) + "_" + target + ".feather"
    return pd.read_feather(path) if os.path.exists(path) else None


def read_pairs(filename="data/compiled/interactions.feather"):
    read = pd.read_feather if filename.endswith(".feather") else functools.partial(pd.read_csv, sep="\t")
    return read(filename)[["ligand", "receptor"]]


def _compile_circos(pairs, adata, condition, fdr):
    prefix = "data/compiled/circos"
    os.makedirs(prefix, exist_ok=True)
    file = _filename(prefix, condition, fdr, "feather")
    if os.path.exists(file):
        return
    adata.obs.merge(pairs).reset_index().to_feather(file, compression="zstd")


def _compile_interactions(pairs, expression, adata, condition, fdr):
    prefix = "data/compiled/interactions"
    os.makedirs(prefix, exist_ok=True)
    file = _filename(prefix, condition, fdr, "feather")
    if os.path.exists(file):
        return
    pairs.merge(adata.obs).to_feather(file, compression="zstd")


def _compile_effects(pairs, adata, condition):
    prefix = "data/compiled/ligand_effects"
    os.makedirs(prefix, exist_ok=True)
    prefix += "/" + condition + "_"
    for receptor in set(pairs.receptor):
        filename = prefix + receptor + ".feather"
        if os.path.exists(filename):
            continue
        adata[adata.obs.target == receptor].to_df().reset_index().to_feather(filename)


def read_raw(path):
    return sc.read(path, backed="r")


def compile_data(
    pairs_file="data/allgenes/all_interactions.tsv",
    expression_file="data/highCIN_vs_lowCIN/saves/adata.h5ad",
    cin_file="data/allgenes/saves/deg_newfdr.h5ad",
    sting_file="data/CIN_and_STING/deg_fixed.h5ad",
):
    if os.path.exists("data/compiled/is_compiled"):
        return
    pairs = read_pairs(pairs_file)
    if not os.path.exists("data/compiled/interactions.feather"):
        os.makedirs("data/compiled", exist_ok=True)
        pairs.reset_index().to_feather("data/compiled/interactions.feather")
    cin, sting, expression = read_raw(cin_file), read_raw(sting_file), read_raw(expression_file)
    for fdr in reversed(range(1, 26)):
        fdr = str(fdr).zfill(2)
        _compile_interactions(pairs, expression, cin, "highCIN_vs_lowCIN", fdr)
        _compile_interactions(pairs, expression, sting, "highCIN_vs_noSTING", fdr)
        _compile_circos(pairs, cin, "highCIN_vs_lowCIN", fdr)
        _compile_circos(pairs, sting, "highCIN_vs_noSTING", fdr)
    _compile_effects(pairs, cin, "highCIN_vs_lowCIN")
    with open("data/compiled/is_compiled", "w") as file:
        file.write("compiled")


if __name__ == "__main__":
    compile_data()
