"""Checks Signature Version 4 of requests, in the header and in the query (presigned addresses).

Written from "AWS Signature Version 4 for API requests" in the IAM User Guide.
"""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from urllib.parse import quote, unquote

from botocore.utils import normalize_url_path

from standin.messages import Request
from standin.operators import Credentials, Operators
from standin.service import AWSError

_ALGORITHM = "AWS4-HMAC-SHA256"
_HEADER = re.compile(rf"{_ALGORITHM} Credential=(\S+?),\s*SignedHeaders=(\S+?),\s*Signature=(\w+)")
_ALLOWED_SKEW = 15 * 60
_PLAIN_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Claim:
    """What a request says about who signed it, not yet checked."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    token: str | None
    lifetime: int | None
    """Seconds for which a presigned address is good; None for a signature in the header."""

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def claim_of(request: Request) -> Claim | None:
    """The claim that a request makes; None for an unsigned one."""
    found = _HEADER.match(request.headers.get("Authorization", ""))
    if found:
        credential, names, signature = found.groups()
        timestamp, lifetime = request.headers.get("X-Amz-Date", ""), None
        token = request.headers.get("X-Amz-Security-Token")
    else:
        query = dict(request.arguments)
        if query.get("X-Amz-Algorithm") != _ALGORITHM:
            return None
        credential = query.get("X-Amz-Credential", "")
        names = query.get("X-Amz-SignedHeaders", "")
        signature = query.get("X-Amz-Signature", "")
        timestamp = query.get("X-Amz-Date", "")
        token = query.get("X-Amz-Security-Token")
        expires = query.get("X-Amz-Expires", "0")
        lifetime = int(expires) if expires.isdigit() else 0
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request":
        return None
    key, date, region, service, _ = parts
    headers = tuple(names.split(";"))
    return Claim(key, date, region, service, headers, signature, timestamp, token, lifetime)


def verify(request: Request, claim: Claim, operators: Operators, now: float) -> Credentials:
    """The credentials that signed the request; raises AWSError as AWS refuses the others.

    `now` is the server's time in seconds since 1970.
    """
    is_s3 = claim.service == "s3"
    known = operators.find(claim.access_key)
    if known is None or (known.token or "") != (claim.token or ""):
        if is_s3:
            raise AWSError(
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
                403,
            )
        raise AWSError(
            "UnrecognizedClientException" if _speaks_json(request) else "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            403,
        )
    if known.is_expired:
        code = "ExpiredTokenException" if _speaks_json(request) else "ExpiredToken"
        message = "The security token included in the request is expired"
        raise AWSError(code, message, 400 if is_s3 or _speaks_json(request) else 403)
    _check_time(claim, now)
    _check_body(request)
    expected = _signature(known.secret_key, claim, _canonical(request, claim))
    if not hmac.compare_digest(expected, claim.signature):
        raise AWSError(
            "InvalidSignatureException" if _speaks_json(request) else "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.",
            403,
        )
    return known


def _speaks_json(request: Request) -> bool:
    return "X-Amz-Target" in request.headers


def _check_time(claim: Claim, now: float) -> None:
    try:
        signed = calendar.timegm(time.strptime(claim.timestamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise AWSError("IncompleteSignature", "Date must be in ISO-8601 basic format.") from None
    age = now - signed
    if age < -_ALLOWED_SKEW or age > (claim.lifetime or _ALLOWED_SKEW):
        message = f"Signature expired: {claim.timestamp} is too far from the current time"
        if claim.lifetime is not None:
            raise AWSError("AccessDenied", "Request has expired", 403)
        code = "RequestTimeTooSkewed" if claim.service == "s3" else "SignatureDoesNotMatch"
        raise AWSError(code, message, 403)


def _check_body(request: Request) -> None:
    claimed = request.headers.get("X-Amz-Content-SHA256", "")
    if _PLAIN_DIGEST.fullmatch(claimed) and claimed != hashlib.sha256(request.body).hexdigest():
        raise AWSError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def _canonical(request: Request, claim: Claim) -> str:
    headers = "".join(
        f"{name}:{','.join(_trimmed(v) for v in request.headers.getlist(name))}\n"
        for name in claim.signed_headers
    )
    if claim.lifetime is not None:
        payload = request.headers.get("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")
    else:
        digest = hashlib.sha256(request.body).hexdigest()
        payload = request.headers.get("X-Amz-Content-SHA256", digest)
    return "\n".join(
        (
            request.method,
            _canonical_path(request.path, claim.service),
            _canonical_query(request),
            headers,
            ";".join(claim.signed_headers),
            payload,
        )
    )


def _canonical_path(path: str, service: str) -> str:
    # All services but S3 sign the path normalised and encoded once more.
    return path if service == "s3" else quote(normalize_url_path(path), safe="/~")


def _canonical_query(request: Request) -> str:
    pairs = []
    for part in request.query.split("&") if request.query else []:
        name, _, value = part.partition("=")
        if name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _trimmed(value: str) -> str:
    return " ".join(value.split())


def _signature(secret: str, claim: Claim, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join((_ALGORITHM, claim.timestamp, claim.scope, digest))
    key = b"AWS4" + secret.encode()
    for part in (claim.date, claim.region, claim.service, "aws4_request", to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()
