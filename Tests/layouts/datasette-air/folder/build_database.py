import csv
import pathlib

import sqlite_utils

here = pathlib.Path(__file__).parent
target = here / "build" / "air.db"


def rows(path):
    with open(path, newline="") as file:
        yield from csv.DictReader(file)


def main():
    db = sqlite_utils.Database(target, recreate=True)
    for path in sorted((here / "csv").glob("*.csv")):
        db[path.stem].insert_all(rows(path))
    db["stations"].enable_fts(["name"])


if __name__ == "__main__":
    main()
