#!/usr/bin/env python3
"""How long programs take to send and fetch many objects of a bucket, each as one process for all of them.

usage: benchmarks/s3_clients.py [--rounds N]

Sends 500 contents of 20 KiB and 6 packs of 16 MiB, and fetches them again, through `rclone`, `aws s3` and curl's own signing.
The bucket is MiniStack's on this machine, from .venv-aws (`scripts/test` makes it): programs are measured, and no line.
Each round takes them in turn; printed are medians of wall time and of processor time, in seconds.
"""

import argparse
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / ".venv-aws/bin"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAAAAAAAAAAAAAAAAA", "AWS_SECRET_ACCESS_KEY": "secret"}
REGION = "us-east-2"
SIDE_BY_SIDE = 8


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    # Go's S3 client does not take a list of authorities from this variable.
    kept = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
    return kept | KEYS | {"AWS_DEFAULT_REGION": REGION}


def contents(folder: Path) -> None:
    for name, count, size in (("small", 500, 20 << 10), ("packs", 6, 16 << 20)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            (folder / name / f"{number:04}").write_bytes(os.urandom(size))


def curl_list(folder: Path, source: Path, address: str, is_upload: bool) -> Path:
    """The transfers, as curl reads them from a file."""
    lines = []
    for path in sorted(source.rglob("*")):
        if path.is_file():
            name = path.relative_to(source)
            lines.append(f'url = "{address}/curl/{name}"')
            if is_upload:
                lines += [f'upload-file = "{path}"', "output = /dev/null"]
            else:
                lines.append(f'output = "{folder}/curl/{name}"')
    made = folder / f"curl-{'up' if is_upload else 'down'}.txt"
    made.write_text("\n".join(lines) + "\n")
    return made


def commands(folder: Path, source: Path, address: str) -> dict[tuple[str, str], list[str]]:
    aws = [str(PROGRAMS / "aws"), "--endpoint-url", address, "s3", "cp", "--recursive", "--quiet"]
    remote = f':s3,provider=Other,env_auth=true,force_path_style=true,region={REGION},endpoint="{address}":rclone'
    rclone = ["rclone", "copy", "--transfers", str(SIDE_BY_SIDE), "--s3-no-check-bucket"]
    curl = [
        "curl", "-sS", "--fail", "--aws-sigv4", f"aws:amz:{REGION}:s3", "--user", ":".join(KEYS.values()),
        "--parallel", "--parallel-max", str(SIDE_BY_SIDE), "--create-dirs",
    ]
    unsigned = ["-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
    return {
        ("rclone", "send"): [*rclone, "--no-traverse", str(source), remote],
        ("aws s3", "send"): [*aws, str(source), "s3://aws"],
        ("curl", "send"): [*curl, *unsigned, "-K", str(curl_list(folder, source, address, True))],
        ("rclone", "fetch"): [*rclone, remote, str(folder / "rclone")],
        ("aws s3", "fetch"): [*aws, "s3://aws", str(folder / "aws")],
        ("curl", "fetch"): [*curl, "-K", str(curl_list(folder, source, address, False))],
    }


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds of wall time and of processor time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=300)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def serve(port: int, log: Path) -> subprocess.Popen[bytes]:
    local = {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "SFTP_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0"}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [PROGRAMS / "ministack"], env=environment() | local | {"GATEWAY_PORT": str(port)}, stdout=output, stderr=output)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    server.kill()
    sys.exit(f"the stand-in did not start:\n{log.read_text()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    if not (PROGRAMS / "ministack").exists() or not shutil.which("rclone"):
        sys.exit("the stand-in for AWS or rclone is missing: scripts/test installs both")
    with tempfile.TemporaryDirectory() as scratch:
        folder, port = Path(scratch), free_port()
        source = folder / "source"
        contents(source)
        server = serve(port, folder / "server.log")
        try:
            address = f"http://127.0.0.1:{port}"
            for bucket in ("rclone", "aws", "curl"):
                measured([
                    str(PROGRAMS / "aws"), "--endpoint-url", address, "s3api", "create-bucket", "--bucket", bucket,
                    "--create-bucket-configuration", f"LocationConstraint={REGION}",
                ])
            times: dict[tuple[str, str], list[tuple[float, float]]] = {}
            for _ in range(rounds):
                for name in ("rclone", "aws", "curl"):
                    shutil.rmtree(folder / name, ignore_errors=True)
                    measured([str(PROGRAMS / "aws"), "--endpoint-url", address, "s3", "rm", "--recursive", "--quiet", f"s3://{name}"])
                for key, command in commands(folder, source, address).items():
                    times.setdefault(key, []).append(measured(command))
            for name in ("rclone", "aws", "curl"):
                subprocess.run(["diff", "-r", source, folder / name], check=True)
            print("program  does    wall   processor")
            for (program, verb), values in times.items():
                wall, processor = (statistics.median(column) for column in zip(*values, strict=True))
                print(f"{program:8} {verb:6} {wall:6.2f} {processor:8.2f}")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
