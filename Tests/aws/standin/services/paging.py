"""Lists that are returned in pages."""

from __future__ import annotations

from typing import Any

from standin.service import AWSError, Params


def page(
    found: list[Any],
    params: Params,
    member: str,
    size: int,
    token: str = "NextToken",
    limit: str = "MaxResults",
) -> Params:
    """The page that a call asks for; the token is the place of the next one's first.

    `size` is how many come without a limit; `token` and `limit` are the parameters' names.
    """
    try:
        start = int(params.get(token, "0"))
    except ValueError:
        raise AWSError("InvalidNextTokenException", "The next token is not valid.") from None
    end = start + int(params.get(limit, size))
    answer: Params = {member: found[start:end]}
    if end < len(found):
        answer[token] = str(end)
    return answer
