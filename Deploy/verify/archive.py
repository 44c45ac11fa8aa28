"""The one ustar form of `Schemas/envelope.md` 2.2."""

from __future__ import annotations

import re

from canonical import Malformed

BLOCK = 512
FILES = 256
NAME = re.compile(rb"[a-z0-9][a-z0-9.-]{0,63}")


def read(data: bytes) -> list[tuple[str, bytes]]:
    """The files in their order; refuses every byte that writing them again would not give."""
    files: list[tuple[str, bytes]] = []
    names: set[str] = set()
    position = 0
    while data[position : position + 1] not in (b"", b"\0"):
        header = data[position : position + BLOCK]
        match = NAME.fullmatch(header[:100].rstrip(b"\0"))
        digits = header[124:135]
        if match is None or re.fullmatch(rb"[0-7]{11}", digits) is None:
            raise Malformed("notCanonical")
        name = match.group().decode("ascii")
        start = position + BLOCK
        end = start + int(digits, 8)
        position = end + -end % BLOCK
        if header != _header(name, end - start) or name in names or len(files) == FILES:
            raise Malformed("notCanonical")
        if position > len(data) or data[end:position].strip(b"\0"):
            raise Malformed("notCanonical")
        names.add(name)
        files.append((name, data[start:end]))
    if data[position:] != bytes(2 * BLOCK):
        raise Malformed("notCanonical")
    return files


def _header(name: str, length: int) -> bytes:
    fields = bytearray(BLOCK)

    def put(offset: int, text: str) -> None:
        fields[offset : offset + len(text)] = text.encode("ascii")

    put(0, name)
    put(100, "0000644\0" "0000000\0" "0000000\0")
    put(124, f"{length:011o}\0" "00000000000\0")
    put(148, " " * 8)
    put(156, "0")
    put(257, "ustar\0" "00")
    put(148, f"{sum(fields):06o}\0 ")
    return bytes(fields)
