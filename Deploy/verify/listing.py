"""An archive whose first file lists all others with their hashes, in one order
(`Schemas/envelope.md` 9, `Schemas/audit-log.md` 5b)."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import archive
import canonical
import forms
from canonical import Malformed
from fault import Fault, named
from forms import HASH, is_count

ARCHIVE_BYTES = 64 * 1024 * 1024
LIST_BYTES = 64 * 1024
FILES = [{"name": forms.PART, "byteLength": is_count, "sha256": HASH}]


def files(
    data: bytes, first: str, form: forms.Form, order: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The list, and all other files; they are exactly those listed, in the order of the format."""
    with named("archive", "notCanonical"):
        if len(data) > ARCHIVE_BYTES:
            raise Malformed("tooLarge")
        found = archive.read(data)
    if not found or found[0][0] != first:
        raise Fault(first, "missing")
    with named(first, "malformed"):
        listed = canonical.read(found[0][1], LIST_BYTES)
        forms.check(listed, form)
    rows = listed["files"]
    present, names = dict(found[1:]), [row["name"] for row in rows]
    for name in names:
        if name not in present:
            raise Fault(name, "missing")
    for name in present:
        if name not in names:
            raise Fault(name, "notListed")
    if len(names) != len(present):
        raise Fault(first, "malformed")
    for row, (name, content) in zip(rows, present.items()):
        digest = hashlib.sha256(content).hexdigest()
        if row != {"name": name, "byteLength": len(content), "sha256": digest}:
            raise Fault(name, "listDiffers")
    ranks = [(_rank(name, order), name) for name in present]
    for before, (rank, name) in zip([(-1, ""), *ranks], ranks):
        if (rank, name) <= before:
            raise Fault(name, "notCanonical")
    return listed, present


def _rank(name: str, order: tuple[str, ...]) -> int:
    for rank, pattern in enumerate(order):
        if re.fullmatch(pattern.replace(".", "[.]") if "(" not in pattern else pattern, name):
            return rank
    raise Fault(name, "unknownFile")
