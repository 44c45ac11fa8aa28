"""What is in a log: a receipt's leaf, or all leaves of a period (`Schemas/audit-log.md` 2, 3.4, 4,
5a, 5b; RFC 9162 §2.1.3.2; C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof)."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import re

import canonical
import catalogue
import forms
import openssl
from canonical import Malformed

LEAF_BYTES = 1024
NOTE_BYTES, SIGNATURES = 4 * 1024, 16
PROOF_BYTES, HASHES, FLANKS = 12 * 1024, 63, 128
# In Japan.
YEAR_10000 = 253_402_268_400
SIZE = "0|[1-9][0-9]{0,12}"
SIZE_BELOW = 2**40
ED25519, COSIGNATURE = b"\x01", b"\x04"


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """Its signature is not checked yet."""

    origin: str
    size: int
    root: bytes
    text: bytes
    lines: list[tuple[str, bytes]]

    def line_of(self, key: bytes) -> tuple[str, bytes] | None:
        """The first line of this log and key, not judged."""
        key_hash = _key_hash(self.origin, ED25519, key)
        lines = (one for one in self.lines if (one[0], one[1][:4]) == (self.origin, key_hash))
        return next(lines, None)

    def is_signed_by(self, key: bytes) -> bool:
        """Whether the line of this log and key holds; lines of others are not judged."""
        line = self.line_of(key)
        return line is not None and openssl.verifies_ed25519(key, self.text, line[1][4:])

    def cosigned_at(self, line: tuple[str, bytes], key: bytes) -> int | None:
        """When this witness saw the head, in seconds; nothing where its line does not hold."""
        name, octets = line
        is_form = len(octets) == 76 and octets[4:7] == bytes(3)
        if not is_form or octets[:4] != _key_hash(name, COSIGNATURE, key):
            return None
        at = int.from_bytes(octets[4:12], "big")
        if at >= YEAR_10000:
            return None
        message = f"cosignature/v1\ntime {at}\n".encode("ascii") + self.text
        return at if openssl.verifies_ed25519(key, message, octets[12:]) else None


def leaf_names(leaf: bytes, receipt_sha256: str, kind: str) -> None:
    """Refuses a leaf that has not the form of its tree, or names another statement."""
    body = canonical.read(leaf, LEAF_BYTES)
    catalogue.check(body, kind)
    if body.get("statementSha256") != receipt_sha256:
        raise Malformed("otherStatement")


def commitment(field: str, opening: dict[str, str]) -> str:
    """What a leaf or receipt holds in the place of this value."""
    message = b"renkei-commitment-v1\0" + field.encode("ascii") + b"\0"
    salt = forms.octets(opening["salt"]) or b""
    code = hmac.digest(salt, message + opening["value"].encode("utf-8"), "sha256")
    return forms.base64url(code)


def lines(data: bytes, most: int) -> list[bytes]:
    """Each of them ends, and they are not more."""
    if (data and not data.endswith(b"\n")) or data.count(b"\n") > most:
        raise Malformed("malformed")
    return data.split(b"\n")[:-1]


def hash_lines(data: bytes) -> list[bytes]:
    return [_hash(_utf8(line)) for line in lines(data, FLANKS)]


def prove_range(
    leaves: list[bytes], first: int, checkpoint: Checkpoint, flanks: list[bytes]
) -> None:
    """Refuses leaves that are not exactly those from `first` on: the hashes beside them are given
    from left to right, one of each greatest subtree that holds none of them."""
    rest = iter(flanks)
    if not 0 < len(leaves) <= checkpoint.size - first:
        raise Malformed("notIncluded")

    def root(begin: int, end: int) -> bytes:
        if end <= first or first + len(leaves) <= begin:
            found = next(rest, None)
            if found is None:
                raise Malformed("notIncluded")
            return found
        if end - begin == 1:
            return hashlib.sha256(b"\0" + leaves[begin - first]).digest()
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + root(begin, middle) + root(middle, end)).digest()

    if root(0, checkpoint.size) != checkpoint.root or next(rest, None) is not None:
        raise Malformed("notIncluded")


def prove(proof: bytes, leaf: bytes, origin: str, key: bytes) -> None:
    """Refuses a proof that does not show this leaf in this log, under a head signed by this key: in
    this tree, or in one that says of itself, in a leaf beside it, that it went on from this one."""
    if len(proof) > PROOF_BYTES:
        raise Malformed("tooLarge")
    head, blank, note = proof.partition(b"\n\n")
    lines = _utf8(head).split("\n")
    extra = lines.pop(1)[6:] if len(lines) > 1 and lines[1].startswith("extra ") else None
    numbered = re.fullmatch(f"index ({SIZE})", lines[1]) if len(lines) > 1 else None
    if not blank or lines[0] != "c2sp.org/tlog-proof@v1" or numbered is None:
        raise Malformed("malformed")
    hashes = [_hash(line) for line in lines[2:]]
    index = int(numbered.group(1))
    if len(hashes) > HASHES or index >= SIZE_BELOW:
        raise Malformed("malformed")
    checkpoint = read_checkpoint(note)
    recovery = None if extra is None else _Recovery.read(_base64(extra))
    if not checkpoint.is_signed_by(key):
        raise Malformed("notSigned")
    if checkpoint.origin != origin and not (recovery and recovery.leads(origin, checkpoint)):
        raise Malformed("notSigned")
    leaf_hash = hashlib.sha256(b"\0" + leaf).digest()
    if _root(leaf_hash, index, checkpoint.size, hashes) != checkpoint.root:
        raise Malformed("notIncluded")


@dataclasses.dataclass(frozen=True)
class _Recovery:
    """The leaf by which a tree went on from another one, and the way from it to the root."""

    leaf: bytes
    hashes: list[bytes]

    @staticmethod
    def read(text: bytes) -> _Recovery:
        found = lines(text, HASHES + 1)
        if not found or not 0 < len(found[0]) <= LEAF_BYTES:
            raise Malformed("malformed")
        return _Recovery(found[0], [_hash(_utf8(line)) for line in found[1:]])

    def leads(self, origin: str, checkpoint: Checkpoint) -> bool:
        body = canonical.read(self.leaf, LEAF_BYTES)
        catalogue.check(body, checkpoint.origin.split("/")[2])
        if "recovery" not in body:
            return False
        recovery, found = body["recovery"], body["object"]["id"]
        missing = recovery.get("missingFrom", found)
        index, leaf_hash = recovery["found"]["size"], hashlib.sha256(b"\0" + self.leaf).digest()
        return (
            origin in (found, missing)
            and catalogue.is_newer(checkpoint.origin, missing)
            and _root(leaf_hash, index, checkpoint.size, self.hashes) == checkpoint.root
        )


def _root(leaf_hash: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """RFC 9162 §2.1.3.2: the root that the path leads to, nothing for a path of other length."""
    if index >= size:
        return None
    node, last, root = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = hashlib.sha256(b"\1" + sibling + root).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            root = hashlib.sha256(b"\1" + root + sibling).digest()
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def read_checkpoint(note: bytes) -> Checkpoint:
    """A signed note of exactly origin, size and root."""
    text, blank, below = note.rpartition(b"\n\n")
    is_whole = blank and note.endswith(b"\n") and len(note) <= NOTE_BYTES
    if not is_whole or re.search("[\x00-\x09\x0b-\x1f]", _utf8(note)):
        raise Malformed("malformed")
    lines = _utf8(text).split("\n")
    signatures = _utf8(below)[:-1].split("\n")
    if len(lines) != 3 or len(signatures) > SIGNATURES:
        raise Malformed("malformed")
    origin, size, root = lines
    if not re.fullmatch(forms.TREE, origin) or not re.fullmatch(SIZE, size):
        raise Malformed("malformed")
    head = Checkpoint(
        origin, int(size), _hash(root), text + b"\n", [_signature(line) for line in signatures]
    )
    if head.size >= SIZE_BELOW or (head.size == 0 and head.root != hashlib.sha256().digest()):
        raise Malformed("malformed")
    return head


def _key_hash(name: str, kind: bytes, key: bytes) -> bytes:
    return hashlib.sha256(name.encode("utf-8") + b"\n" + kind + key).digest()[:4]


def _signature(line: str) -> tuple[str, bytes]:
    match = re.fullmatch("— ([^ +]+) ([^ ]+)", line)
    if match is None:
        raise Malformed("malformed")
    signature = _base64(match.group(2))
    if len(signature) <= 4:
        raise Malformed("malformed")
    return match.group(1), signature


def _hash(line: str) -> bytes:
    octets = _base64(line)
    if len(octets) != 32:
        raise Malformed("malformed")
    return octets


def _base64(text: str) -> bytes:
    """RFC 4648 §4 with padding, in its one form."""
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed("malformed") from None
    if base64.b64encode(octets).decode("ascii") != text:
        raise Malformed("malformed")
    return octets


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("malformed") from None
