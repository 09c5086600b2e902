"""Long-lived worker: runs units of work, one JSON request per line, one JSON answer per line.

    from pipeline.worker import axis, unit

    @unit("interactions")
    def interactions(job): ...          # reads job.inputs, writes job.output

    @axis("targets")
    def targets(job) -> list: ...       # the values of an axis that only the data knows

A program of a few lines (`python -m compile`) calls `main` with the modules that define them. The
tool sends `{"id", "unit", "name", "parameters", "inputs", "outputs", "log"}` or
`{"id", "axis", "parameters", "inputs", "log"}`; the answer holds `ok`, the code files that the
unit depends on (`loaded`), the undeclared files that it read (`read`), and `metrics`, `values` or
`error`.
A unit that fails, or even calls `sys.exit`, is an answer: the worker goes on.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pipeline.children import descendants, end
from pipeline.imports import ImportGraph
from pipeline.reads import ReadRecorder

_ROOT = os.getcwd()
_imports = ImportGraph(_ROOT)
_reads = ReadRecorder(_ROOT)
# Before `install`: what the worker itself imports for a request is no edge of the worker's.
_import_module = importlib.import_module
_imports.install()


@dataclass
class Job:
    """One unit's work, or the question for one axis' values (no outputs then)."""

    parameters: dict[str, Any]
    inputs: list[str]
    outputs: list[str] = field(default_factory=list)
    name: str = ""
    _explicit: set[str] = field(default_factory=set)
    _metrics: dict[str, Any] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The only output; ValueError when the definition gives the unit none, or several."""
        if len(self.outputs) != 1:
            raise ValueError(f'"{self.name}" has {len(self.outputs)} outputs, not one')
        return self.outputs[0]

    def read(self, path: str | os.PathLike[str]) -> str:
        """Report that the unit reads `path`, and return it.

        Also when it does not exist: the unit's outputs would change once it appears.
        """
        text = os.fsdecode(path)
        self._explicit.add(_reads.absolute(text))
        return text

    def metric(self, name: str, value: Any) -> None:
        """Report a figure of the unit: a number or a text, kept in the ledger."""
        self._metrics[name] = _scalar(value, f'metric "{name}"')


UnitFunction = TypeVar("UnitFunction", bound=Callable[[Job], Any])
_functions: dict[tuple[str, str], Callable[[Job], Any]] = {}


def unit(name: str) -> Callable[[UnitFunction], UnitFunction]:
    """Decorator: this function does the work of the units of the template `name`."""
    return _register("unit", name)


def axis(name: str) -> Callable[[UnitFunction], UnitFunction]:
    """Decorator: this function lists the values of the axis `name`."""
    return _register("axis", name)


def _register(kind: str, name: str) -> Callable[[UnitFunction], UnitFunction]:
    def register(function: UnitFunction) -> UnitFunction:
        known = _functions.get((kind, name))
        if known and known.__module__ != function.__module__:
            raise ValueError(
                f'{kind} "{name}" is defined in {known.__module__} and in {function.__module__}'
            )
        _functions[kind, name] = function
        return function

    return register


def main(modules: Mapping[str, str] | None = None) -> None:
    """Answer requests until standard input ends, then end the process with status 0.

    `modules` says which module defines a unit or axis. It is imported when it is first asked for,
    so that a worker starts at once, and one broken module fails its own units only.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    requests, answers = _take_standard_streams()
    _reads.install()
    for line in requests:
        if line.strip():
            answers.write(json.dumps(_answer(line, modules or {})).encode() + b"\n")
    sys.stdout.flush()
    # At once: no library's clean-up can fail or linger.
    os._exit(0)


def _take_standard_streams() -> tuple[Any, Any]:
    """Private copies of stdin and stdout, so that no unit's print or child meets the protocol."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(line_buffering=True)
    return requests, answers


def _answer(line: bytes, modules: Mapping[str, str]) -> dict[str, Any]:
    try:
        request = json.loads(line)
        kind = "unit" if "unit" in request else "axis"
        identity, name, log = request["id"], request[kind], request["log"]
        job = Job(
            parameters=request.get("parameters", {}),
            inputs=request.get("inputs", []),
            outputs=request.get("outputs", []),
            name=request.get("name", name),
        )
    except (ValueError, KeyError, TypeError) as error:
        return {"id": None, "ok": False, "error": f"bad request: {_in_one_line(error)}"}
    try:
        with _log(log):
            return {"id": identity, **_run(kind, name, job, log, modules)}
    except OSError as error:
        return {"id": identity, "ok": False, "error": _in_one_line(error), "loaded": []}
    finally:
        os.chdir(_ROOT)


@contextlib.contextmanager
def _own_state() -> Iterator[None]:
    """What a unit changes of the process (variables, umask, folder) is put back for the next one."""
    before = set(descendants())
    variables = dict(os.environ)
    umask = os.umask(0o022)
    os.umask(umask)
    try:
        yield
    finally:
        end([process for process in descendants() if process not in before])
        os.umask(umask)
        os.chdir(_ROOT)
        if os.environ != variables:
            for name in set(os.environ) - set(variables):
                del os.environ[name]
            os.environ.update(variables)


def _run(kind: str, name: str, job: Job, log: str, modules: Mapping[str, str]) -> dict[str, Any]:
    module = modules.get(name)
    _reads.begin()
    try:
        if (kind, name) not in _functions and module:
            _import_whole(module)
        function = _functions.get((kind, name))
        if not function:
            raise LookupError(f'no {kind} "{name}" is defined; known: {_known(kind, modules)}')
        module = function.__module__
        # After the import: what a module sets for itself stays for all of its units.
        with _own_state():
            result = function(job)
            outcome: dict[str, Any] = {"ok": True}
            if kind == "axis":
                outcome["values"] = _values(result, f'axis "{name}"')
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - SystemExit in a unit fails the unit, not the worker
        traceback.print_exc()
        outcome = {"ok": False, "error": _in_one_line(error)}
    finally:
        opened = _reads.end()
    loaded = _imports.files(module) if module else []
    outcome["loaded"] = loaded
    if outcome["ok"]:
        own = {_reads.absolute(path) for path in (*job.inputs, *job.outputs, log)}
        own |= {_reads.absolute(path) for path in loaded}
        outcome["read"] = sorted(_reads.relative(path) for path in (opened | job._explicit) - own)
        outcome["metrics"] = job._metrics
    return outcome


def _import_whole(module: str) -> None:
    """Import a module; if that fails, nothing that it had defined until then counts."""
    before = dict(_functions)
    try:
        _import_module(module)
    except BaseException:
        _functions.clear()
        _functions.update(before)
        raise


@contextlib.contextmanager
def _log(path: str) -> Iterator[None]:
    """Standard output and error go to the file at `path`, also those of child processes."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    inherited = os.dup(2)
    try:
        os.dup2(target, 1)
        os.dup2(target, 2)
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os.dup2(inherited, 1)
        os.dup2(inherited, 2)
        os.close(target)
        os.close(inherited)


def _values(result: Any, subject: str) -> list[Any]:
    """The values that an axis answered, each once.

    A text is iterable too, but its letters are hardly what was meant.
    """
    if isinstance(result, (str, bytes, bytearray, Mapping)) or not isinstance(result, Iterable):
        raise TypeError(f"{subject}: returned {_brief(result)}, not a list of values")
    values = [_scalar(value, subject) for value in result]
    seen: set[str] = set()
    for value in values:
        text = json.dumps(value).strip('"')
        if text in seen:
            raise ValueError(f"{subject}: the value {_brief(value)} stands in the list twice")
        seen.add(text)
    return values


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _scalar(value: Any, subject: str) -> Any:
    """`value` as JSON holds it; numpy's scalars become Python's."""
    if hasattr(value, "item"):
        value = value.item()
    if not isinstance(value, (str, int, float)) or (
        isinstance(value, float) and not math.isfinite(value)
    ):
        raise TypeError(f"{subject}: {_brief(value)} is neither text nor a finite number")
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(
                f"{subject}: {_brief(value)} has no UTF-8 form (it holds a lone surrogate)"
            ) from None
    return value


def _known(kind: str, modules: Mapping[str, str]) -> str:
    names = {name for known, name in _functions if known == kind} | set(modules)
    return ", ".join(sorted(names)) or "none"


def _in_one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
