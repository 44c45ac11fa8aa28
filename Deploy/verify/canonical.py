"""Canonical JSON (RFC 8785) as `Schemas/envelope.md` 1 narrows it, read strictly."""

from __future__ import annotations

import json
from typing import Any, NoReturn

DEPTH = 16
INTEGERS_BELOW = 2**53


class Malformed(ValueError):
    """Bytes that have no accepted form. What they are is told by whoever read them."""


def read(data: bytes, limit: int) -> Any:
    """The value of exactly these bytes; anything but its one canonical form is refused."""
    if len(data) > limit:
        raise Malformed("tooLarge")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_members,
            parse_float=_refused,
            parse_constant=_refused,
        )
        _judge(value, 1)
        written = encode(value)
    except (ValueError, RecursionError):
        raise Malformed("malformed") from None
    if written != data:
        raise Malformed("notCanonical")
    return value


def encode(value: Any) -> bytes:
    """The canonical bytes of a value without fractions."""
    return _text(value).encode("utf-8")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        # RFC 8785 §3.2.3: names in the order of their UTF-16 units.
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _judge(value: Any, depth: int) -> None:
    if depth > DEPTH or value is None:
        raise Malformed("malformed")
    if type(value) is int and abs(value) >= INTEGERS_BELOW:
        raise Malformed("malformed")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for element in value:
            _judge(element, depth + 1)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("malformed")
    return members


def _refused(_: str) -> NoReturn:
    raise Malformed("malformed")
