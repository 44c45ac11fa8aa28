"""DER (X.690), read value by value and no BER; and the little of it that is written."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from canonical import Malformed

DEPTH = 16

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OBJECT = 0x01, 0x02, 0x03, 0x04, 0x06
ENUMERATED, UTF8, UTC_TIME, GENERALIZED_TIME = 0x0A, 0x0C, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31


def context(number: int) -> int:
    """The tag of a constructed value `[number]`."""
    return 0xA0 | number


class Reader:
    """Takes the values of a buffer one after the other; `done` refuses what is left over."""

    def __init__(self, data: bytes, depth: int = 0) -> None:
        if depth > DEPTH:
            raise Malformed("tooDeep")
        self.data = data
        self.depth = depth
        self.position = 0

    def next(self) -> int | None:
        """The tag of the next value, nothing at the end."""
        return self.data[self.position] if self.position < len(self.data) else None

    def done(self) -> None:
        if self.position != len(self.data):
            raise Malformed("trailingBytes")

    def take(self, tag: int) -> bytes:
        """The contents of the next value."""
        if self.next() != tag:
            raise Malformed("otherTag")
        start, count = self._length(self.position + 1)
        if count > len(self.data) - start:
            raise Malformed("truncated")
        self.position = start + count
        return self.data[start : self.position]

    def whole(self, tag: int) -> bytes:
        """The next value with its tag and length."""
        start = self.position
        self.take(tag)
        return self.data[start : self.position]

    def enter(self, tag: int) -> Reader:
        return Reader(self.take(tag), self.depth + 1)

    def expect(self, encoded: bytes) -> None:
        if not self.data.startswith(encoded, self.position):
            raise Malformed("notInProfile")
        self.position += len(encoded)

    def set_of(self, tag: int) -> list[bytes]:
        """SEQUENCEs in DER order, all different."""
        elements: list[bytes] = []
        values = self.enter(tag)
        while values.next() is not None:
            elements.append(values.whole(SEQUENCE))
        if any(left >= right for left, right in zip(elements, elements[1:])):
            raise Malformed("badOrder")
        return elements

    def positive(self, tag: int = INTEGER) -> bytes:
        """The octets of an INTEGER above zero, in the fewest octets and without a zero before."""
        octets = self.take(tag)
        stripped = octets[1:] if octets[:1] == b"\0" else octets
        if stripped[:1] in (b"", b"\0") or (stripped[0] < 0x80) != (octets == stripped):
            raise Malformed("badValue")
        return stripped

    def octets_of_bits(self) -> bytes:
        bits = self.take(BIT_STRING)
        if bits[:1] != b"\0":
            raise Malformed("badValue")
        return bits[1:]

    def text(self) -> str:
        try:
            text = self.take(UTF8).decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("badValue") from None
        if re.search("[\x00-\x1f\x7f-\x9f]", text):
            raise Malformed("badValue")
        return text

    def time(self) -> int:
        """Seconds since 1970: UTCTime to 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5)."""
        if self.next() == UTC_TIME:
            digits = self.take(UTC_TIME)
            return _seconds((b"20" if digits < b"5" else b"19") + digits)
        seconds = self.generalized_time()
        if -631152000 <= seconds < 2524608000:  # 1950 to 2049
            raise Malformed("badValue")
        return seconds

    def generalized_time(self) -> int:
        return _seconds(self.take(GENERALIZED_TIME))

    def _length(self, position: int) -> tuple[int, int]:
        """Where the contents begin, and how many there are."""
        first = self.data[position : position + 1]
        if first == b"":
            raise Malformed("truncated")
        if first[0] < 0x80:
            return position + 1, first[0]
        octets = self.data[position + 1 : position + 1 + (first[0] & 0x7F)]
        count = int.from_bytes(octets, "big")
        is_fewest = octets[:1] != b"\0" and count >= 0x80
        if not 1 <= (first[0] & 0x7F) <= 4 or len(octets) != first[0] & 0x7F or not is_fewest:
            raise Malformed("badLength")
        return position + 1 + len(octets), count


def _seconds(digits: bytes) -> int:
    if re.fullmatch(rb"[0-9]{14}Z", digits) is None:
        raise Malformed("badValue")
    try:
        time = datetime.strptime(digits.decode("ascii"), "%Y%m%d%H%M%SZ")
    except ValueError:
        raise Malformed("badValue") from None
    return int(time.replace(tzinfo=timezone.utc).timestamp())


def value(tag: int, *contents: bytes) -> bytes:
    """Writes one value."""
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def identifier(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *arcs = map(int, dotted.split("."))
    octets = bytearray()
    for arc in (first * 40 + second, *arcs):
        low = [arc & 0x7F]
        while arc := arc >> 7:
            low.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(low))
    return value(OBJECT, bytes(octets))
