"""What `init` reads of programs in Python: files that they open."""

import sys
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Sources/Features/Init/ScriptReading/analyser"))

from program_folder import Folder


class Python(Folder):
    def test_constants_joins_and_formats(self):
        found = self.read(
            a_DOT_py="""
            import os
            from pathlib import Path
            import pandas as pd
            RAW = "data/raw"
            OUT = Path(__file__).resolve().parent / "out"
            for year in (2020, 2021):
                for kind in ["a", "b"]:
                    frame = pd.read_csv(os.path.join(RAW, f"{kind}_{year:04}.csv"))
                    frame.to_parquet(OUT / kind / "{}.parquet".format(year))
                    frame.to_csv("tables/%s.csv" % kind)
        """
        )["a.py"]
        self.assertEqual(self.files(found, "read"), ["data/raw/{kind}_{year}.csv"])
        self.assertEqual(self.files(found, "write"), ["out/{kind}/{year}.parquet", "tables/{kind}.csv"])
        holes = next(access["holes"] for access in found["accesses"] if access["does"] == "read")
        self.assertEqual(holes, {"kind": ["a", "b"], "year": ["2020", "2021"]})

    def test_calls_across_modules_and_early_returns(self):
        found = self.read(
            lib__paths_DOT_py="""
                import os
                def name(folder, key, ending="feather"):
                    return os.path.join(folder, key + "." + ending)
            """,
            make_DOT_py="""
                import os
                import pandas as pd
                from lib.paths import name
                def one(key):
                    path = name("compiled", key)
                    if os.path.exists(path):
                        return
                    pd.read_table(f"raw/{key}.tsv").to_feather(path)
                def never():
                    open("never.txt", "w")
                if __name__ == "__main__":
                    for key in ["x", "y"]:
                        one(key)
            """,
        )["make.py"]
        self.assertEqual(self.files(found, "write"), ["compiled/{key}.feather"])
        self.assertEqual(self.files(found, "read"), ["raw/{key}.tsv"])
        self.assertEqual(self.files(found, "write", possible=True), ["never.txt"])
        self.assertEqual(found["code"], ["lib/paths.py"])

    def test_arguments_and_variables(self):
        found = self.read(
            a_DOT_py="""
                import argparse, os, sys
                parser = argparse.ArgumentParser()
                parser.add_argument("source")
                parser.add_argument("--out", default="out.csv")
                args = parser.parse_args()
                open(args.source); open(args.out, "w"); open(os.environ.get("CACHE", "cache.json"))
            """,
            b_DOT_py="import sys\nopen(sys.argv[1])\n",
            run_DOT_sh="cd tools\npython ../a.py ../in.csv --out ../made.csv\n",
        )
        self.assertEqual(self.files(found["a.py"], "read"), ["in.csv", "tools/cache.json"])
        self.assertEqual(self.files(found["a.py"], "write"), ["made.csv"])
        self.assertEqual(self.files(found["b.py"], "read"), ["unknown "])
        self.assertTrue(found["b.py"]["arguments"][0]["required"])

    def test_databases_and_handles(self):
        found = self.read(
            a_DOT_py="""
            import json, sqlite3, h5py, shutil
            import sqlite_utils
            with sqlite3.connect("w.db") as one:
                one.execute("INSERT INTO t VALUES (1)")
            sqlite3.connect("r.db").execute("select * from t").fetchall()
            sqlite_utils.Database("u.db")["t"].insert_all([])
            with open("a.json", "w") as file:
                json.dump({}, file)
            h5py.File("x.h5", "r")
            shutil.copy("from.csv", "to.csv")
        """
        )["a.py"]
        self.assertEqual(self.files(found, "write"), ["a.json", "to.csv", "u.db", "w.db"])
        self.assertEqual(self.files(found, "read"), ["from.csv", "r.db", "x.h5"])

    def test_listed_folders_and_paths_of_paths(self):
        found = self.read(
            a_DOT_py="""
            from pathlib import Path
            for path in Path("in").glob("*.csv"):
                path.with_suffix(".json").write_text(path.read_text())
                (Path("out") / path.stem).with_suffix(".txt").write_text("")
        """
        )["a.py"]
        self.assertEqual(self.files(found, "read"), ["in/{name}.csv"])
        self.assertEqual(self.files(found, "write"), ["in/{name}.json", "out/{name}.txt"])

    def test_a_folder_of_its_own_and_places_outside(self):
        found = self.read(
            tools__a_DOT_py="open('../data/x.csv'); open('/lab/y.csv'); open('https://example.org/z.csv')\n",
            data__x_DOT_csv="1\n",
        )["tools/a.py"]
        self.assertEqual(found["folder"], "tools")
        self.assertEqual(self.files(found, "read"), ["data/x.csv", "outside /lab/y.csv", "remote https://example.org/z.csv"])

    def test_sites_and_what_only_visitors_reach(self):
        found = self.read(
            app_DOT_py="""
            from dash import Dash, callback
            app = Dash(__name__)
            @callback()
            def draw(name):
                return open(f"data/{name}.json")
            app.run(port=8051)
        """
        )["app.py"]
        self.assertEqual(found["site"], {"framework": "dash", "port": 8051})
        self.assertEqual(self.files(found, "read", possible=True), ["data/{name}.json"])

    def test_settings_in_files_and_commands_of_click_and_typer(self):
        found = self.read(
            settings_DOT_yaml="""
                paths:
                  raw: data/raw  # the results
                years: [2020, 2021]
                sources:
                  - name: a
                    file: a.csv
                  - name: b
                    file: b.csv
            """,
            a_DOT_py="""
                import yaml
                import typer
                settings = yaml.safe_load(open("settings.yaml"))
                app = typer.Typer()
                @app.command()
                def build(out: str = "out"):
                    for source in settings["sources"]:
                        open(settings["paths"]["raw"] + "/" + source["file"])
                        for year in settings["years"]:
                            open(f"{out}/{source['name']}_{year}.csv", "w")
                app()
            """,
            b_DOT_py="""
                import click
                @click.command()
                @click.option("--out", "-o", default="b.csv")
                def one(out): open(out, "w")
                @click.command()
                def two(): open("two.csv", "w")
            """,
        )
        self.assertEqual(self.files(found["a.py"], "read"), ["data/raw/a.csv", "data/raw/b.csv", "settings.yaml"])
        self.assertEqual(self.files(found["a.py"], "write"), ["out/a_{year}.csv", "out/b_{year}.csv"])
        self.assertEqual(found["b.py"]["arguments"], [{"name": "command", "required": True}])

    def test_what_a_site_reads_when_it_imports_a_page(self):
        found = self.read(
            pages__a_DOT_py="""
            import pickle
            try:
                figure = pickle.load(open("figures/a.pkl", "rb"))
            except FileNotFoundError:
                figure = None
            if __name__ == "__main__":
                open("figures/a.pkl", "wb").write(open("data/a.csv", "rb").read())
        """
        )["pages/a.py"]
        self.assertEqual([access["path"] for access in found["visited"]], ["figures/a.pkl"])
        self.assertEqual(self.files(found, "read"), ["data/a.csv", "figures/a.pkl"])

    def test_what_is_no_program_and_what_never_ends(self):
        found = self.read(
            broken_DOT_py="def (:\n",
            loop_DOT_py="def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(1)\nwhile True:\n    f(2)\n",
        )
        self.assertTrue(found["broken.py"]["unfollowed"])
        self.assertEqual(found["loop.py"]["accesses"], [])


if __name__ == "__main__":
    unittest.main()
