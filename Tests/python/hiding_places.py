"""Writes files that must be found by the leak gate, and files that must not, below the folder of the first argument.

Prints {"found": {PATH: RULE}, "passed": [PATH], "secrets": [TEXT]}. All secrets are made up when it runs.
"""

import base64
import bz2
import gzip
import io
import json
import lzma
import pathlib
import random
import string
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ALNUM = string.ascii_letters + string.digits
URL64 = ALNUM + "-_"
HEX = "0123456789abcdef"


def some(count: int, alphabet: str = ALNUM) -> str:
    return "".join(random.choice(alphabet) for _ in range(count))


ACCESS = "AKIA" + some(16, string.ascii_uppercase + "234567")
SECRET = "a1B" + some(37, ALNUM + "/+")


def tokens() -> dict[str, tuple[str, str]]:
    plain = {
        "github": "ghp_" + some(36),
        "github-app": "ghs_" + some(36),
        "github-fine": "github_pat_" + some(22) + "_" + some(59),
        "gitlab": "glpat-" + some(20),
        "slack": f"xoxb-{some(12, string.digits)}-{some(12, string.digits)}-{some(24)}",
        "slack-hook": f"https://hooks.slack.com/services/T{some(8)}/B{some(8)}/{some(24)}",
        "stripe": "sk_live_" + some(24),
        "google": "AIza" + some(35, URL64),
        "npm": "npm_" + some(36),
        "pypi": "pypi-AgEIcHlwaS5vcmc" + some(70, URL64),
        "hugging-face": "hf_" + some(34, string.ascii_letters),
        "openai": "sk-proj-" + some(48, URL64),
        "openai-old": "sk-" + some(20) + "T3BlbkFJ" + some(20),
        "anthropic": "sk-ant-api03-" + some(93, URL64),
        "azure": some(3) + "8Q~" + some(34),
        "twilio": "SK" + some(32, HEX),
        "sendgrid": f"SG.{some(22, URL64)}.{some(43, URL64)}",
        "jwt": ".".join(
            [
                base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode(),
                base64.urlsafe_b64encode(b'{"sub":"77","role":"writer"}').rstrip(b"=").decode(),
                some(43, URL64),
            ]
        ),
    }
    found = {name: (value, "token") for name, value in plain.items()}
    storage = base64.b64encode(random.randbytes(64)).decode()
    found["azure-storage"] = (f"AccountName=x;AccountKey={storage}", "aws-secret-key")
    for name, address in {
        "postgres": f"postgres://app:{some(12)}@db.internal:5432/x",
        "https": f"https://me:{some(12)}@git.lab.org/x.git",
        "mongo": f"mongodb+srv://u:{some(10)}@cluster0.ab.mongodb.net/x",
        "redis": f"redis://:{some(10)}@cache:6379/0",
    }.items():
        found[name] = (address, "url-password")
    return found


def keys() -> dict[str, bytes]:
    script = """
        openssl genrsa -traditional -out pkcs1.pem 2048
        openssl genpkey -algorithm RSA -out pkcs8.pem
        openssl pkcs8 -topk8 -in pkcs8.pem -out encrypted8.pem -passout pass:abcd
        openssl rsa -traditional -aes128 -passout pass:abcd -in pkcs8.pem -out encrypted1.pem
        openssl ecparam -genkey -name prime256v1 -noout -out ec.pem
        openssl genpkey -algorithm ed25519 -out ed.pem
        openssl rsa -traditional -in pkcs1.pem -outform DER -out pkcs1.der
        openssl pkcs8 -topk8 -nocrypt -in pkcs8.pem -outform DER -out pkcs8.der
        openssl pkcs8 -topk8 -in pkcs8.pem -outform DER -passout pass:abcd -out encrypted8.der
        openssl ec -in ec.pem -outform DER -out ec.der
        openssl pkcs8 -topk8 -nocrypt -in ed.pem -outform DER -out ed.der
        openssl req -x509 -key pkcs8.pem -subj /CN=x -out certificate.pem
        openssl pkcs12 -export -inkey pkcs8.pem -in certificate.pem -passout pass:abcd -out store.p
        ssh-keygen -q -t ed25519 -N '' -f openssh
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["sh", "-ec", script], cwd=folder, check=True, capture_output=True)
        return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(name: str, content: bytes, mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def archives(pem: str) -> dict[str, tuple[bytes, str]]:
    key = ACCESS.encode()
    encrypted = bytearray(zipped({"s.txt": "secret" * 20}))
    encrypted[6] |= 1
    encrypted[encrypted.find(b"PK\1\2") + 8] |= 1
    access = {
        "a.zip": zipped({"x/conf.py": ACCESS}),
        "stored.zip": zipped({"x/conf.py": ACCESS}, zipfile.ZIP_STORED),
        "noextension": zipped({"x": ACCESS}),
        "app.pyz": b"#!/usr/bin/env python3\n" + zipped({"__main__.py": f'K = "{ACCESS}"'}),
        "t.tar": tarred("d/conf", key),
        "t.tgz": tarred("d/conf", key, "w:gz"),
        "log.gz": gzip.compress(key),
        "t.tar.xz": lzma.compress(tarred("d/conf", key)),
        "t.tar.bz2": bz2.compress(tarred("d/conf", key)),
        "nested.zip": zipped({"in.tar.gz": tarred("deep.zip", zipped({"z": ACCESS}), "w:gz")}),
    }
    found = {name: (content, "aws-access-key") for name, content in access.items()}
    found["site-1.0-py3-none-any.whl"] = (zipped({"site/.env": "A=1"}), "credential-file")
    found["lib.jar"] = (zipped({"k.txt": pem}), "private-key")
    found["data.zip"] = (zipped({"d/e.feather": "x"}), "data-file")
    found["cut.zip"] = (zipped({"x": "y" * 100})[:40], "unread")
    found["cut.gz"] = (gzip.compress(random.randbytes(5000))[:2000], "unread")
    found["seven.7z"] = (b"7z\xbc\xaf\x27\x1c" + random.randbytes(100), "unread")
    found["encrypted.zip"] = (bytes(encrypted), "unread")
    return found


def encodings(made: dict[str, bytes]) -> dict[str, tuple[bytes, str]]:
    line = f"export KEY={ACCESS}\n"
    pem = made["pkcs8.pem"].decode()
    wide = f"first line\nkey={ACCESS} done\n"
    long = "x" * 1000 + f"\nkey={ACCESS}\n" + "y" * 500
    access = {
        "indented.ini": f"        key = {ACCESS}\n".encode(),
        "utf16": wide.encode("utf-16"),
        "utf16le": wide.encode("utf-16-le"),
        "utf16be": wide.encode("utf-16-be"),
        "program": bytes(range(256)) * 20 + f"a key={ACCESS} ok".encode("utf-16-le") + b"\xff" * 99,
        "base64": b"secret: " + base64.b64encode(line.encode()),
        "base64-lines": b"".join(
            b"   " + part + b"\n" for part in base64.encodebytes(long.encode()).splitlines()
        ),
        "base64-base64": base64.b64encode(base64.b64encode(line.encode())),
        "base64-utf16": base64.b64encode(f'$key = "{ACCESS}"'.encode("utf-16-le")),
        "base64-long": base64.b64encode(b"z" * 3_000_000 + f" {ACCESS} ".encode() + b"q" * 99_000),
    }
    found = {name: (content, "aws-access-key") for name, content in access.items()}
    indented = "".join("      " + part + "\n" for part in pem.splitlines())
    quoted = "".join(f'    "{part}\\n"\n' for part in pem.splitlines())
    putty = f"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n{some(44)}\n"
    pgp = "\n".join(some(64) for _ in range(5))
    private = {
        "indented.yaml": b"key: |\n" + indented.encode(),
        "escaped.json": json.dumps({"type": "service_account", "private_key": pem}).encode(),
        "quoted.py": b"k = (\n" + quoted.encode() + b")\n",
        "base64.pem": b"  tls.key: " + base64.b64encode(pem.encode()),
        "base64.der": b"KEY=" + base64.b64encode(made["pkcs8.der"]),
        "putty": putty.encode(),
        "pgp": f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{pgp}\n".encode(),
    }
    found |= {name: (content, "private-key") for name, content in private.items()}
    return found


CREDENTIAL_NAMES = """.env .env.production prod.env home/.aws/credentials .netrc .pgpass .pypirc id_rsa id_ed25519
    home/.docker/config.json kubeconfig .kube/config terraform.tfstate .htpasswd .Renviron .streamlit/secrets.toml
    service-account.json x.kdbx keystore.p12"""
DATA_NAMES = "d.h5ad d.feather d.parquet d.pkl d.rds D.RDS d.h5 d.parquet.gz a.zarr/0.0"


def passed(made: dict[str, bytes]) -> dict[str, bytes]:
    sample = base64.b64encode(b'{"sub":"1234567890","name":"John Doe"}').decode().rstrip("=")
    header = base64.b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    text = {
        "env/.env.example": "A=1",
        "doc.md": "AKIAIOSFODNN7EXAMPLE, wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "keys.md": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "a.py": "if l == '-----BEGIN PRIVATE KEY-----':\n    return decode(body_without_headers_and_all)\n",
        "urls.md": "postgres://user:password@host/db https://user:pass@example.com redis://:secret@cache",
        "id_rsa.pub": "ssh-rsa AAAA",
        "code.py": "aws_secret_access_key = os.environ['X']\ntoken = get('github_pat_')\n",
        "registry/.npmrc": "registry=https://registry.example.org/\n",
        "lock.json": '"integrity": "sha512-' + base64.b64encode(random.randbytes(64)).decode() + '"',
        "jwt.md": f"{header}.{sample}.{some(43, URL64)}",
        "a.min.js": "".join(some(60) + ";" for _ in range(2000)),
        "empty.pkl": "",
    }
    found = {name: content.encode() for name, content in text.items()}
    found["certificate.pem"] = made["certificate.pem"]
    return found


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    made = keys()
    found: dict[str, tuple[bytes, str]] = {
        "token/" + name: (f'  value: "{value}"\n'.encode(), rule)
        for name, (value, rule) in tokens().items()
    }
    found["aws/id.py"] = (f'x = "{ACCESS}"\n'.encode(), "aws-access-key")
    found["aws/ini"] = (f"    aws_secret_access_key = {SECRET}\n".encode(), "aws-secret-key")
    found["aws/json"] = (json.dumps({"SecretAccessKey": SECRET}).encode(), "aws-secret-key")
    found["aws/sh"] = (f'export AWS_SECRET_ACCESS_KEY="{SECRET}"'.encode(), "aws-secret-key")
    for name, content in made.items():
        if name not in ("certificate.pem", "openssh.pub"):
            found[f"key/{name}_"] = (content, "private-key")
    pem = made["pkcs8.pem"].decode()
    found |= {"in/" + name: what for name, what in archives(pem).items()}
    found |= {"as/" + name: what for name, what in encodings(made).items()}
    found |= {"n/" + name: (b"words", "credential-file") for name in CREDENTIAL_NAMES.split()}
    found |= {"d/" + name: (b"words", "data-file") for name in DATA_NAMES.split()}
    found["d/renamed"] = (b"PAR1" + random.randbytes(100), "data-file")
    found["n/.npmrc"] = (b"//registry.example.org/:_authToken=abcdefabcdef", "credential-file")
    found["g/.git/config"] = (b"words", "history")
    clean = {"ok/" + name: content for name, content in passed(made).items()}
    for name, content in ({k: v[0] for k, v in found.items()} | clean).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    rules = {name: rule for name, (_, rule) in found.items()}
    print(json.dumps({"found": rules, "passed": sorted(clean), "secrets": [ACCESS, SECRET]}))


main()
