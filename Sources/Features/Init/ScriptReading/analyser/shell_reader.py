"""What lines of a shell do: which programs they start, what these read and write, and which are no step of a compile."""

from __future__ import annotations

import posixpath

from report import Report
from shell_words import Splitter, Token
from values import Hole, Text

# Kinds of commands that no stage should start.
_KINDS = {
    "install": (
        "pip install",
        "pip3 install",
        "conda install",
        "conda env",
        "conda create",
        "mamba",
        "apt",
        "apt-get",
        "brew",
        "yum",
        "dnf",
        "apk",
        "npm install",
        "npm ci",
        "yarn install",
        "pnpm install",
        "poetry install",
        "poetry lock",
        "uv sync",
        "uv pip",
        "uv venv",
        "pipenv install",
        "pipx",
        "virtualenv",
        "python -m venv",
        "python3 -m venv",
        "python -m pip",
        "python3 -m pip",
        "Rscript -e install.packages",
        "pre-commit",
        "pip-compile",
        "pip-sync",
        "micromamba",
        "julia --project",
        "bundle install",
        "gem install",
        "cargo install",
    ),
    "deploy": (
        "docker push",
        "eb",
        "cdk",
        "terraform",
        "scp",
        "rsync",
        "sftp",
        "aws s3",
        "aws ecs",
        "aws elasticbeanstalk",
        "aws cloudformation",
        "aws lambda",
        "aws ssm",
        "gcloud",
        "gsutil",
        "az",
        "heroku",
        "fly",
        "flyctl",
        "git push",
        "git commit",
        "git tag",
        "ssh",
        "rsconnect",
        "vercel",
        "netlify",
        "kubectl",
        "helm",
        "ansible-playbook",
        "twine",
        "datasette publish",
        "quarto publish",
        "aws ecr",
        "aws ecr-public",
        "docker login",
        "gh-pages",
        "mkdocs gh-deploy",
        "copilot",
        "sam",
        "pulumi",
        "dvc push",
        "git",
    ),
    "download": (
        "curl",
        "wget",
        "gdown",
        "kaggle",
        "dvc pull",
        "dvc fetch",
        "aria2c",
        "prefetch",
        "fasterq-dump",
        "git clone",
        "git lfs",
        "osf",
        "zenodo_get",
    ),
    "delete": ("rm", "rmdir", "find -delete", "git clean", "docker system", "docker volume", "dropdb", "trash"),
    "image": ("docker build", "docker compose build", "docker-compose build", "docker buildx", "docker tag", "podman build"),
    "serve": (
        "docker run",
        "docker compose",
        "docker-compose",
        "gunicorn",
        "uvicorn",
        "streamlit run",
        "flask run",
        "flask",
        "hypercorn",
        "panel serve",
        "bokeh serve",
        "datasette serve",
        "datasette",
        "shiny run",
        "waitress-serve",
        "voila",
        "jupyter lab",
        "jupyter notebook",
        "mkdocs serve",
        "quarto preview",
        "http-server",
        "python -m http.server",
        "python3 -m http.server",
        "npm start",
        "npm run dev",
        "celery",
        "redis-server",
        "solara run",
        "chainlit",
        "psql",
        "pg_restore",
        "pg_dump",
        "createdb",
        "mysql",
        "nginx",
        "open",
        "xdg-open",
        "honcho",
        "supervisord",
    ),
    "test": (
        "pytest",
        "tox",
        "nox",
        "npm test",
        "python -m pytest",
        "python -m unittest",
        "python3 -m pytest",
        "python3 -m unittest",
        "Rscript -e testthat",
        "ruff",
        "black",
        "flake8",
        "mypy",
        "isort",
        "pylint",
        "shellcheck",
        "eslint",
        "prettier",
        "coverage",
        "hadolint",
        "pyright",
        "sqlfluff",
    ),
}
_WRAPPERS = {
    "time",
    "nohup",
    "sudo",
    "exec",
    "command",
    "nice",
    "ionice",
    "xvfb-run",
    "stdbuf",
    "caffeinate",
    "then",
    "do",
    "else",
    "!",
    "{",
    "eval",
}
_RUNNERS = {
    ("uv", "run"): 2,
    ("poetry", "run"): 2,
    ("pipenv", "run"): 2,
    ("pixi", "run"): 2,
    ("rye", "run"): 2,
    ("hatch", "run"): 2,
    ("pdm", "run"): 2,
}
_READERS = {
    "cat",
    "sort",
    "cut",
    "awk",
    "grep",
    "sed",
    "head",
    "tail",
    "jq",
    "zcat",
    "gunzip",
    "wc",
    "uniq",
    "paste",
    "join",
    "comm",
    "tr",
    "csvcut",
    "csvgrep",
    "csvjoin",
    "csvstack",
    "csvsort",
    "gzip",
    "xz",
    "bzip2",
    "zgrep",
    "mlr",
    "xsv",
    "in2csv",
    "unzip",
    "tar",
    "samtools",
    "bedtools",
    "bcftools",
    "qsv",
}
_SHELL_WORDS = {
    "if",
    "elif",
    "while",
    "until",
    "fi",
    "done",
    "esac",
    "}",
    "set",
    "export",
    "echo",
    "printf",
    "cd",
    "mkdir",
    "test",
    "[",
    "[[",
    "true",
    "false",
    "exit",
    "return",
    "local",
    "source",
    ".",
    "trap",
    "shift",
    "read",
    "declare",
    "unset",
    "umask",
    "sleep",
    "wait",
    "date",
    "chmod",
    "chown",
    "touch",
    "ls",
    "pwd",
    "function",
    "case",
    "select",
    "readonly",
    "pushd",
    "popd",
    "type",
    "which",
    ":",
    "break",
    "continue",
    "conda",
    "module",
    "ulimit",
    "dirname",
}


class ShellReader:
    """`programs` analyses a program of the project: (path, arguments, folder, report) -> whether it is one."""

    def __init__(self, report: Report, programs, files: set[str], script: str = "", variables: dict[str, Text] | None = None):
        self.report = report
        self.programs = programs
        self.files = files
        self.script = script
        self.folder = report.folder
        self.top = report.folder
        self.variables = dict(variables or {})
        self.kinds: set[str] = set()
        self.commands: list[dict] = []
        self.removed: list[str] = []
        self.environment: dict[str, str] = {}
        self.set_now: dict[str, str] = {}
        self.is_plain = True
        self.holes = False

    def run(self, source: str, line: int = 1) -> None:
        splitter = Splitter(source, self.variables, line, self.holes)
        for tokens, operator in splitter.statements():
            if operator in ("|", "(", "&", "|&"):
                self.is_plain = False
            if tokens:
                self.statement(tokens, splitter)

    # Statements

    def statement(self, tokens: list[Token], splitter: Splitter) -> None:
        words: list[Text] = []
        body, index = None, 0
        while index < len(tokens):
            token = tokens[index]
            if token.kind == "operator":
                self.is_plain = False
                follows = tokens[index + 1] if index + 1 < len(tokens) else None
                if words and words[-1].constant in ("1", "2") and token.constant in (">", ">>", ">&"):
                    words.pop()
                    index += 2
                    continue
                if follows is not None and token.constant in (">", ">>", ">|", "&>"):
                    self.access("write", follows.text, token.line, "redirection")
                elif follows is not None and token.constant == "<":
                    self.access("read", follows.text, token.line, "redirection")
                elif follows is not None and token.constant in ("<<", "<<-"):
                    splitter.document_follows(follows, follows.constant)
                    body = follows
                index += 2
                continue
            words.append(token.text)
            index += 1
        self.command(words, tokens[0].line if tokens else 0, body)

    def access(self, does: str, path: Text, line: int, call: str) -> None:
        constant = path.constant
        if constant in ("/dev/null", "/dev/stdout", "/dev/stderr", "-") or (constant or "").startswith("&"):
            return
        before, self.report.folder = self.report.folder, self.folder
        self.report.access(does, self.placed(path), line, call)
        self.report.folder = before

    def placed(self, path: Text) -> Text:
        """With the folder of the script itself filled in."""
        if path.parts and isinstance(path.parts[0], Hole) and path.parts[0].name.startswith("@script"):
            above = posixpath.join(
                posixpath.dirname(self.script) or ".", path.parts[0].name.removeprefix("@script").lstrip("/")
            )
            return Text.of(above, *path.parts[1:], anchored=True)
        return path

    def command(self, words: list[Text], line: int, body: Token | None) -> None:
        words = [self.placed(word) for word in words if word.parts or len(words) > 1]
        environment: dict[str, str] = {}
        while words:
            first = words[0].constant
            name, equals, value = self.assignment(words[0])
            if equals:
                if len(words) == 1 or all(self.assignment(word)[1] for word in words):
                    self.variables[name] = value
                elif value.constant is not None:
                    environment[name] = value.constant
                words = words[1:]
            elif first in _WRAPPERS or (first == "env" and len(words) > 1):
                words = words[1:]
            elif first == "timeout" and len(words) > 2:
                words = words[2:]
            elif first in ("if", "elif", "while", "until"):
                self.is_plain = False
                words = words[1:]
            elif first == "conda" and len(words) > 1 and words[1].constant in ("run",):
                rest = words[2:]
                while rest and (rest[0].constant or "").startswith("-"):
                    rest = rest[2:] if rest[0].constant in ("-n", "-p", "--name", "--prefix") else rest[1:]
                words = rest
            elif len(words) > 2 and (first, words[1].constant) in _RUNNERS:
                words = words[2:]
                while words and (words[0].constant or "").startswith("-"):
                    words = words[1:]
            else:
                break
        if words:
            self.started(words, line, environment, body)

    @staticmethod
    def assignment(word: Text) -> tuple[str, bool, Text]:
        first = word.parts[0] if word.parts else ""
        if not isinstance(first, str):
            return "", False, word
        name, equals, rest = first.partition("=")
        if not equals or not name.isidentifier():
            return "", False, word
        return name, True, Text.of(rest, *word.parts[1:])

    def started(self, words: list[Text], line: int, environment: dict[str, str], body: Token | None) -> None:
        first = words[0].constant or ""
        program = first.rpartition("/")[2]
        plain = [word.constant if word.constant is not None else word.template() for word in words]
        if program == "export" or program == "declare":
            for word in words[1:]:
                name, equals, value = self.assignment(word)
                if equals:
                    self.variables[name] = value
                    if value.constant is not None and program == "export":
                        self.environment[name] = value.constant
            return
        if program in ("cd", "pushd") and len(words) > 1:
            self.is_plain = False
            to = words[1]
            inside = posixpath.normpath(posixpath.join("" if to.anchored else self.folder, to.template()))
            self.folder = "" if inside == "." else inside
            return
        if program == "for":
            self.is_plain = False
            values = [word.constant for word in words[3:]]
            if len(words) > 3 and words[2].constant == "in":
                known = [value for value in values if value is not None]
                name = words[1].constant or "value"
                globs = [value for value in known if "*" in value]
                if globs:
                    before, _, after = globs[0].partition("*")
                    self.variables[name] = Text.of(before, Hole(name), after)
                else:
                    self.variables[name] = Text.of(Hole(name, tuple(known) if len(known) == len(values) else None))
            return
        if program in _SHELL_WORDS:
            if program in ("source", ".") and len(words) > 1 and (words[1].constant or "").endswith(("activate", ".env")):
                return
            return
        self.classify(plain, words, line)
        self.commands.append({"words": plain, "folder": self.folder, "line": line, "environment": environment})
        self.report.file = self.report.file or self.script
        self.set_now = environment
        self.follow(program, words, line, body)

    def classify(self, plain: list[str], words: list[Text], line: int) -> None:
        first = plain[0].rpartition("/")[2]
        spelled = " ".join([first, *[word for word in plain[1:] if not word.startswith("-") or word in ("-m", "-e")]][:4])
        for kind, commands in _KINDS.items():
            if any(spelled == known or spelled.startswith(known + " ") for known in commands):
                if (
                    kind == "deploy"
                    and first == "git"
                    and len(plain) > 1
                    and plain[1] in ("rev-parse", "describe", "log", "diff", "status", "submodule")
                ):
                    continue
                if kind == "deploy" and spelled.startswith("aws s3") and any(word.startswith("s3://") for word in plain[3:4]):
                    kind = "download"
                self.kinds.add(kind)
        if first == "rm":
            before, self.report.folder = self.report.folder, self.folder
            for word in words[1:]:
                if not (word.constant or "").startswith("-"):
                    self.report.access("delete", word, line, "rm")
                    self.removed.append(posixpath.normpath(posixpath.join(self.folder, word.template())))
            self.report.folder = before

    # Programs whose arguments are known

    def follow(self, program: str, words: list[Text], line: int, body: Token | None) -> None:
        rest = words[1:]
        if program.startswith("python") or program in ("ipython", "pypy3"):
            self.python(rest, body)
        elif program == "Rscript" or program == "R":
            self.interpreted(rest, program)
        elif program in ("bash", "sh", "zsh"):
            paths = [word for word in rest if not (word.constant or "").startswith("-")]
            if "-c" in [word.constant for word in rest] and paths:
                inner = paths[0].constant
                if inner:
                    self.run(inner, line)
            elif paths:
                self.program(paths[0], paths[1:])
        elif program in ("cp", "mv", "ln", "install"):
            paths = [word for word in rest if not (word.constant or "").startswith("-")]
            for word in paths[:-1]:
                self.access("read", word, line, program)
            if len(paths) > 1:
                self.access("write", self.inside(paths[-1], paths[0]), line, program)
        elif program in ("wget", "curl"):
            for position, word in enumerate(rest[:-1]):
                if word.constant in ("-o", "-O", "--output", "--output-document"):
                    self.access("write", rest[position + 1], line, program)
        elif program in ("sqlite3", "duckdb"):
            self.database(rest, line, body)
        elif program in ("csvs-to-sqlite", "sqlite-utils", "geojson-to-sqlite", "ogr2ogr", "tippecanoe", "shapefile-to-sqlite"):
            self.converted(program, rest, line)
        elif program in ("tee",):
            for word in rest:
                if not (word.constant or "").startswith("-"):
                    self.access("write", word, line, program)
        elif program == "quarto" and rest and rest[0].constant == "render":
            self.report.starts.append({"words": [word.template() for word in words], "line": line})
        elif program in ("papermill", "jupyter"):
            self.notebook(program, rest, line)
        elif program == "make":
            self.report.starts.append({"words": [word.template() for word in words], "line": line})
        elif program in _READERS:
            for word in rest:
                path = self.placed(word)
                located = posixpath.normpath(posixpath.join(self.folder, path.template()))
                if located in self.files:
                    self.access("read", word, line, program)
        elif words[0].parts and ("/" in (words[0].constant or "") or program in self.files):
            self.program(words[0], rest)

    @staticmethod
    def inside(to: Text, source: Text) -> Text:
        return to.joined(source.name()) if to.parts and isinstance(to.parts[-1], str) and to.parts[-1].endswith("/") else to

    def python(self, rest: list[Text], body: Token | None) -> None:
        index = 0
        while index < len(rest):
            word = rest[index].constant or ""
            if word == "-m" and index + 1 < len(rest):
                module = (rest[index + 1].constant or "").replace(".", "/")
                for path in (f"{module}.py", f"{module}/__main__.py", f"src/{module}.py", f"src/{module}/__main__.py"):
                    if posixpath.normpath(posixpath.join(self.folder, path)) in self.files:
                        self.program(Text.of(path), rest[index + 2 :])
                        return
                return
            if word == "-c":
                return
            if word.startswith("-"):
                index += 2 if word in ("-W", "-X") else 1
                continue
            self.program(rest[index], rest[index + 1 :])
            return

    def interpreted(self, rest: list[Text], program: str) -> None:
        for index, word in enumerate(rest):
            constant = word.constant or ""
            if constant == "-e":
                inner = rest[index + 1].constant if index + 1 < len(rest) else None
                if inner and ("renv::restore" in inner or "install" in inner):
                    self.kinds.add("install")
                elif inner:
                    self.programs("", [Text.of(inner)], self.folder, self.report)
                return
            if constant.startswith("-"):
                continue
            self.program(word, rest[index + 1 :])
            return

    def program(self, path: Text, arguments: list[Text]) -> None:
        constant = path.constant
        if constant is None:
            return
        inside = posixpath.normpath(posixpath.join("" if path.anchored else self.folder, constant))
        if inside in self.files:
            self.kinds |= self.programs(inside, arguments, self.folder, self.report)

    def database(self, rest: list[Text], line: int, body: Token | None) -> None:
        paths = [word for word in rest if not (word.constant or "").startswith("-")]
        if not paths:
            return
        statement = " ".join(word.template() for word in paths[1:]) + (body.body if body is not None else "")
        is_read = statement.strip().lower().startswith("select") and "create" not in statement.lower()
        self.access("read" if is_read else "write", paths[0], line, "database")
        for word in statement.replace('"', " ").replace("'", " ").split():
            if posixpath.normpath(posixpath.join(self.folder, word)) in self.files and word != paths[0].constant:
                self.access("read", Text.of(word), line, "database")

    def converted(self, program: str, rest: list[Text], line: int) -> None:
        paths = [word for word in rest if not (word.constant or "").startswith("-")]
        if program == "sqlite-utils" and len(paths) > 1:
            writes = paths[0].constant in (
                "insert",
                "upsert",
                "transform",
                "enable-fts",
                "create-table",
                "create-index",
                "add-foreign-key",
                "convert",
                "extract",
                "index-foreign-keys",
                "create-view",
                "memory",
                "bulk",
            )
            self.access("write" if writes else "read", paths[1], line, program)
            if len(paths) > 3:
                self.access("read", paths[3], line, program)
        elif program == "ogr2ogr" and len(paths) > 1:
            for position, word in enumerate(rest[:-1]):
                if word.constant == "-f":
                    paths = [path for path in paths if path is not rest[position + 1]]
            self.access("write", paths[0], line, program)
            for word in paths[1:2]:
                self.access("read", word, line, program)
        elif program == "tippecanoe":
            for position, word in enumerate(rest[:-1]):
                if word.constant in ("-o", "-e"):
                    self.access("write", rest[position + 1], line, program)
                    paths = [path for path in paths if path is not rest[position + 1]]
            for word in paths:
                self.access("read", word, line, program)
        elif len(paths) > 1:
            for word in paths[:-1]:
                self.access("read", word, line, program)
            self.access("write", paths[-1], line, program)

    def notebook(self, program: str, rest: list[Text], line: int) -> None:
        paths = [word for word in rest if (word.constant or "").endswith(".ipynb")]
        executes = program == "papermill" or any(word.constant == "--execute" for word in rest)
        if paths and executes:
            inside = posixpath.normpath(posixpath.join(self.folder, paths[0].constant or ""))
            if inside in self.files:
                self.kinds |= self.programs(
                    inside, [], posixpath.dirname(inside) if program == "jupyter" else self.folder, self.report
                )
        if program == "papermill" and len(paths) > 1:
            self.access("write", paths[1], line, program)
