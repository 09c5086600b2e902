"""Command line of the generator."""

from __future__ import annotations

import argparse
from pathlib import Path

from generate import differential, expression, pair_list
from generate.sizes import SIZES
from generate.streams import stream
from generate.targets import names


def generate(size_name: str, output: Path, seed: int) -> None:
    """Write the four raw files of a size into the folder `output`."""
    size = SIZES[size_name]
    output.mkdir(parents=True, exist_ok=True)
    known = names(size, stream(seed, "names"))
    pair_list.write(output / "all_interactions.tsv", known, seed)
    expression.write(output / "adata.h5ad", size, known, seed)
    differential.write(output / "deg_newfdr.h5ad", size, known, seed, "cin")
    differential.write(output / "deg_fixed.h5ad", size, known, seed, "sting")


def main() -> None:
    parser = argparse.ArgumentParser(prog="generate", description="Make synthetic raw results.")
    parser.add_argument("--size", choices=SIZES, default="toy")
    parser.add_argument("--output", type=Path, default=Path("data/raw"), help="default: data/raw")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    arguments = parser.parse_args()
    generate(arguments.size, arguments.output, arguments.seed)


if __name__ == "__main__":
    main()
