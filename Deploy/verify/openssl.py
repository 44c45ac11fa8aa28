"""The two kinds of signature, judged by the `openssl` command."""

from __future__ import annotations

import functools
import pathlib
import subprocess
import tempfile

from canonical import Malformed
from der import BIT_STRING, SEQUENCE, Reader, identifier, value

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

P256 = value(SEQUENCE, identifier("1.2.840.10045.2.1"), identifier("1.2.840.10045.3.1.7"))
ED25519 = value(SEQUENCE, identifier("1.3.101.112"))


class NoOpenSSL(Exception):
    """The command is not there: nothing was judged."""


def point(octets: bytes) -> bytes:
    """The same octets, if they are an uncompressed point of P-256."""
    x, y = int.from_bytes(octets[1:33], "big"), int.from_bytes(octets[33:], "big")
    is_on_curve = x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0
    if len(octets) != 65 or octets[0] != 4 or not is_on_curve:
        raise Malformed("notOnCurve")
    return octets


def ecdsa_form(signature: bytes) -> bytes:
    """The same octets, if they are DER of 0 < r, s < n."""
    reader = Reader(signature)
    pair = reader.enter(SEQUENCE)
    for number in (pair.positive(), pair.positive()):
        if int.from_bytes(number, "big") >= N:
            raise Malformed("signature")
    pair.done()
    reader.done()
    return signature


def verifies_p256(key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the key, an uncompressed point, made the signature over this SHA-256."""
    info = value(SEQUENCE, P256, value(BIT_STRING, b"\0", key))
    return _verifies(info, digest, signature)


def verifies_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key of 32 bytes made the signature over the whole message."""
    info = value(SEQUENCE, ED25519, value(BIT_STRING, b"\0", key))
    return len(signature) == 64 and _verifies(info, message, signature, "-rawin")


@functools.lru_cache(maxsize=4096)
def _verifies(info: bytes, data: bytes, signature: bytes, *options: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="renkei-verify-") as folder:
        place = pathlib.Path(folder)
        for name, content in (("key", info), ("data", data), ("signature", signature)):
            (place / name).write_bytes(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key"]
        command += ["-in", "data", "-sigfile", "signature", *options]
        try:
            ended = subprocess.run(command, cwd=place, capture_output=True, check=False)
        except OSError:
            raise NoOpenSSL from None
    return ended.returncode == 0 and b"Signature Verified Successfully" in ended.stdout
