"""The forms of values inside signed JSON (`Schemas/envelope.md` 1), and how a value is judged."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from canonical import Malformed

# A form is a pattern for a text, a dict for an object with exactly these members (`name?` may be
# left out), a list of one form for an array of it, or a function that accepts or refuses a value.
Form = Any

PARTY = "[a-z2-7]{25}[aeimquy4]"
MEMBER, EXCHANGE, ANY_PARTY = "m" + PARTY, "x" + PARTY, "[mx]" + PARTY
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-%s[0-9a-f]{3}-%s[0-9a-f]{3}-[0-9a-f]{12}"
MESSAGE = UUID % ("7", "[89ab]")
HASH, KEY = "[0-9a-f]{64}", "[0-9a-f]{40}"
DESK = SUITE = "[a-z0-9-]{1,32}"
CODE = "[a-z][A-Za-z0-9]{0,47}"
PART = "[a-z0-9][a-z0-9.-]{0,63}"
HOST = "[a-z0-9][a-z0-9.:-]{0,63}"
YEAR = "[1-9][0-9]{3}"
CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
TIME = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{CLOCK}:[0-9]{{2}}[.][0-9]{{3}}Z"
TREE = f"{HOST}/log/(keys|transport|access/{MEMBER})/{YEAR}(\\.[1-9][0-9]{{0,10}})?"
TEXT = "(?s:.*)"
# What ends a line, steers a terminal or turns the direction of a text.
STEERING = "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
LINE = f"[^{STEERING[1:-1]}]*"
FILLED = f"[^{STEERING[1:-1]}]+"


def check(value: Any, form: Form) -> None:
    """Refuses a value that has not the form."""
    if isinstance(form, str):
        is_good = isinstance(value, str) and re.fullmatch(form, value) is not None
    elif isinstance(form, dict):
        is_good = isinstance(value, dict) and _has_members(value, form)
    elif isinstance(form, list):
        is_good = isinstance(value, list)
        for element in value if is_good else []:
            check(element, form[0])
    else:
        is_good = form(value)
    if not is_good:
        raise Malformed("malformed")


def _has_members(value: dict[str, Any], form: dict[str, Form]) -> bool:
    known = {name.rstrip("?"): member for name, member in form.items()}
    required = {name for name in form if not name.endswith("?")}
    if not required <= set(value) <= set(known):
        return False
    for name, member in value.items():
        check(member, known[name])
    return True


def one_of(*words: Any) -> Form:
    return lambda value: type(value) in (str, int) and value in words


def both(form: Form, holds: Callable[[Any], bool]) -> Form:
    """A form and a rule beside it."""

    def judge(value: Any) -> bool:
        check(value, form)
        return holds(value)

    return judge


def some(form: Form) -> Form:
    """An optional array: an empty one would be a second way to write none."""
    return both([form], bool)


PURPOSE = one_of(
    "care", "emergency", "breakGlass", "administration", "review", "patientRequest", "legal",
    "maintenance", "system",
)


def is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def is_truth(value: Any) -> bool:
    return type(value) is bool


def is_time(value: Any) -> bool:
    return isinstance(value, str) and _moment(value) is not None


def is_day(value: Any) -> bool:
    return isinstance(value, str) and _moment(value + "T00:00:00.000Z") is not None


def is_32_bytes(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 43 and octets(value) is not None


def octets(text: str) -> bytes | None:
    """What base64url without padding stands for, where its unused bits are zero."""
    if re.fullmatch("[A-Za-z0-9_-]*", text) is None or len(text) % 4 == 1:
        return None
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return decoded if base64url(decoded) == text else None


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def milliseconds(time: str) -> int:
    """Of a time that was checked, since 1970."""
    moment = _moment(time)
    if moment is None:
        raise Malformed("malformed")
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


def midnight_in_japan(day: str) -> int:
    """Milliseconds since 1970 at the beginning of a day that was checked."""
    return milliseconds(day + "T00:00:00.000Z") - 9 * 3_600_000


def _moment(time: str) -> datetime | None:
    if re.fullmatch(TIME, time) is None:
        return None
    try:
        return datetime.fromisoformat(time)
    except ValueError:
        return None
