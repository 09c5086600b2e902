"""What `init` reads of programs in R, shell, makefiles, Snakefiles and documents, and which credentials it finds."""

import json
import sys
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Sources/Features/Init/ScriptReading/analyser"))

from secret_finder import credentials

from program_folder import Folder


class OtherLanguages(Folder):
    def test_r(self):
        found = self.read(
            a_DOT_R="""
                source("helpers.R")
                dir <- "out"  # not "elsewhere"
                x <- readRDS(file.path("raw", "x.rds"))
                for (year in c("2020", "2021")) {
                  read_csv(paste0("raw/", year, ".csv")) |> write_csv(file.path(dir, paste0(year, ".csv")))
                  saveRDS(x, sprintf("%s/%s.rds", dir, year))
                }
                ggsave(here::here("figures", "a.png"), plot)
            """,
            helpers_DOT_R="y <- fread('raw/y.tsv')\n",
        )["a.R"]
        self.assertEqual(self.files(found, "read"), ["raw/x.rds", "raw/y.tsv", "raw/{year}.csv"])
        self.assertEqual(self.files(found, "write"), ["figures/a.png", "out/{year}.csv", "out/{year}.rds"])
        self.assertEqual(found["code"], ["helpers.R"])

    def test_shell(self):
        found = self.read(
            a_DOT_sh="""
                #!/bin/bash
                set -e
                OUT=${OUT:-out}
                for name in a b; do
                  sort "raw/$name.txt" > "$OUT/$name.txt"
                done
                sqlite3 x.db < schema.sql
                rm -rf "$OUT"
            """,
            deploy_DOT_sh="docker push x\npip install y\ncurl -o z https://example.org\n",
        )
        self.assertEqual(self.files(found["a.sh"], "write"), ["out/{name}.txt", "x.db"])
        self.assertEqual(self.files(found["a.sh"], "read"), ["schema.sql"])
        self.assertEqual(found["deploy.sh"]["kinds"], ["deploy", "download", "install"])

    def test_make(self):
        found = self.read(
            Makefile="""
                PY := python3
                .PHONY: all install tables
                all: a.csv
                a.csv: a.py raw.csv
                \t@$(PY) a.py > $@
                install:
                \tpip install x
                tables: t/x.csv t/y.csv
                t/%.csv: raw/%.csv
                \tsort $< > $@
            """,
            a_DOT_py="open('raw.csv')\n",
        )
        self.assertNotIn("Makefile:all", found)
        self.assertEqual(found["Makefile:install"]["kinds"], ["install"])
        self.assertEqual(self.files(found["Makefile:a.csv"], "read"), ["a.py", "raw.csv"])
        self.assertEqual(self.files(found["Makefile:a.csv"], "write"), ["a.csv"])
        self.assertEqual(self.files(found["Makefile:tables"], "write"), ["t/{stem}.csv"])

    def test_names_with_spaces_in_a_makefile(self):
        found = self.read(
            Makefile="""
                RAW = raw/counts\\ 2023\\ (März).csv
                out.csv: $(RAW) a\\ b.csv clean.py
                \tpython3 clean.py "$<" > $@
            """,
            clean_DOT_py="import sys\n",
        )["Makefile:out.csv"]
        self.assertEqual(self.files(found, "read"), ["a b.csv", "clean.py", "raw/counts 2023 (März).csv"])

    def test_a_folder_of_the_author_s_machine_is_named(self):
        found = self.read(
            a_DOT_R="setwd('/home/me/project')\nread.csv('data/a.csv')\n",
            b_DOT_py="import os\nos.chdir('/home/me/project')\nopen('data/b.csv')\n",
        )
        self.assertEqual(found["a.R"]["moves"], [{"file": "a.R", "line": 1, "path": "/home/me/project"}])
        self.assertEqual(found["b.py"]["moves"], [{"file": "b.py", "line": 2, "path": "/home/me/project"}])
        self.assertEqual(self.files(found["b.py"], "read"), ["data/b.csv"])

    def test_snakemake_and_documents(self):
        cells = [{"cell_type": "code", "source": ["%matplotlib inline\n", "open('n.csv')\n"]}]
        found = self.read(
            Snakefile="""
                rule one:
                    input: "raw/{name}.csv"
                    output: "out/{name}.csv"
                    shell: "sort {input} > {output}"
            """,
            nb__a_DOT_ipynb=json.dumps({"cells": cells, "metadata": {}}),
            page_DOT_qmd="text\n```{r}\nreadRDS('a.rds')\n```\n```{python}\nopen('b.txt')\n```\n",
        )
        self.assertEqual(self.files(found["Snakefile:workflow"], "write"), ["out/{name}.csv"])
        self.assertEqual(self.files(found["nb/a.ipynb"], "read"), ["nb/n.csv"])
        self.assertEqual(self.files(found["page.qmd"], "read"), ["a.rds", "b.txt"])


class Credentials(unittest.TestCase):
    def test_places_are_told_and_never_values(self):
        key = "AKIA" + "ABCDEFGHIJKLMNOP"
        text = f"region: us-east-2\naws_access_key_id = {key}\nPASSWORD=hunter2x\nDB=postgres://me:{'s3cr' + 'et9'}@db/x\n"
        found = credentials(".env", text)
        self.assertEqual(
            [(one["line"], one["kind"]) for one in found],
            [(2, "AWS access key"), (3, "password"), (4, "password in an address")],
        )
        self.assertNotIn(key, json.dumps(found))

    def test_names_and_places_of_values_are_none(self):
        text = "password = os.environ['PASSWORD']\nPASSWORD=change-me\napi_key: ${API_KEY}\ntoken = get_token()\n"
        self.assertEqual(credentials("a.py", text), [])


if __name__ == "__main__":
    unittest.main()
