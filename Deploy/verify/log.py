"""The promise of a receipt: its leaf, and that the leaf is in the log (`Schemas/audit-log.md` 2,
3.4; RFC 9162 §2.1.3.2; C2SP signed-note, tlog-checkpoint and tlog-proof)."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re

import canonical
import catalogue
import forms
import openssl
from canonical import Malformed

LEAF_BYTES = 1024
NOTE_BYTES, SIGNATURES = 4 * 1024, 16
PROOF_BYTES, HASHES = 8 * 1024, 63
SIZE = "0|[1-9][0-9]{0,12}"
SIZE_BELOW = 2**40
ED25519 = b"\x01"


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """Its signature is not checked yet."""

    origin: str
    size: int
    root: bytes
    text: bytes
    lines: list[tuple[str, bytes]]

    def is_signed_by(self, key: bytes) -> bool:
        """Whether the line of this log and key holds; lines of others are not judged."""
        name = self.origin.encode("ascii")
        key_hash = hashlib.sha256(name + b"\n" + ED25519 + key).digest()[:4]
        for signer, signature in self.lines:
            if signer == self.origin and signature[:4] == key_hash:
                return openssl.verifies_ed25519(key, self.text, signature[4:])
        return False


def leaf_names(leaf: bytes, receipt_sha256: str, kind: str) -> None:
    """Refuses a leaf that has not the form of its tree, or names another statement."""
    body = canonical.read(leaf, LEAF_BYTES)
    catalogue.check(body, kind)
    if body.get("statementSha256") != receipt_sha256:
        raise Malformed("otherStatement")


def prove(proof: bytes, leaf: bytes, origin: str, key: bytes) -> None:
    """Refuses a proof that does not show this leaf in this log, under a head signed by this key."""
    if len(proof) > PROOF_BYTES:
        raise Malformed("tooLarge")
    head, blank, note = proof.partition(b"\n\n")
    lines = _utf8(head).split("\n")
    numbered = re.fullmatch(f"index ({SIZE})", lines[1]) if len(lines) > 1 else None
    if not blank or lines[0] != "c2sp.org/tlog-proof@v1" or numbered is None:
        raise Malformed("malformed")
    hashes = [_hash(line) for line in lines[2:]]
    index = int(numbered.group(1))
    if len(hashes) > HASHES or index >= SIZE_BELOW:
        raise Malformed("malformed")
    checkpoint = _checkpoint(note)
    if checkpoint.origin != origin or not checkpoint.is_signed_by(key):
        raise Malformed("notSigned")
    leaf_hash = hashlib.sha256(b"\0" + leaf).digest()
    if _root(leaf_hash, index, checkpoint.size, hashes) != checkpoint.root:
        raise Malformed("notIncluded")


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


def _checkpoint(note: bytes) -> Checkpoint:
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
