"""Certificates and revocation lists of `Schemas/keys-and-directory.md` 2, byte for byte."""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import re

import openssl
from canonical import Malformed
from der import (
    BIT_STRING,
    BOOLEAN,
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    UTF8,
    Reader,
    context,
    identifier,
    value,
)
from forms import EXCHANGE, MEMBER

CERTIFICATE_BYTES = 2048
LIST_BYTES = 2 * 1024 * 1024
ARC = "1.3.6.1.4.1.99999.1"
ECDSA_WITH_SHA256 = value(SEQUENCE, identifier("1.2.840.10045.4.3.2"))
MEMBERS, SERVICES = "Renkei Members", "Renkei Services"
EMAIL, CLIENT, SERVER = (f"1.3.6.1.5.5.7.3.{number}" for number in (4, 2, 1))


@dataclasses.dataclass(frozen=True)
class Profile:
    """One line of the table; an authority has no subject form of its own."""

    name: str
    key_usage: bytes
    usages: tuple[str, ...] = ()
    organisation: str = ""
    common_name: str = ".*"
    permits: str = ""

    @property
    def is_authority(self) -> bool:
        return not self.usages


ISSUING = b"\x01\x06"  # keyCertSign, cRLSign: bits 5 and 6
SIGNING = b"\x06\xc0"  # digitalSignature, nonRepudiation: bits 0 and 1
PROFILES = (
    Profile("root", ISSUING),
    Profile("memberIssuing", ISSUING, permits=MEMBERS),
    Profile("serviceIssuing", ISSUING, permits=SERVICES),
    Profile("memberSigning", SIGNING, (EMAIL, ARC + ".2.1"), MEMBERS, MEMBER),
    Profile("memberEncryption", b"\x03\x08", (EMAIL, ARC + ".2.2"), MEMBERS, MEMBER),
    Profile("memberTransport", b"\x07\x80", (CLIENT, ARC + ".2.3"), MEMBERS, MEMBER),
    Profile("exchangeServer", b"\x07\x80", (SERVER,), SERVICES),
    Profile("exchangeReceipt", SIGNING, (EMAIL, ARC + ".2.4"), SERVICES, EXCHANGE),
    Profile("exchangeRegistrar", SIGNING, (EMAIL, ARC + ".2.5"), SERVICES, EXCHANGE),
)


@dataclasses.dataclass(frozen=True)
class Name:
    """One organisation, one common name; compared by its bytes."""

    der: bytes
    organisation: str
    common_name: str


@dataclasses.dataclass(frozen=True)
class Certificate:
    der: bytes
    profile: Profile
    serial: bytes
    issuer: Name
    subject: Name
    not_before: int
    not_after: int
    point: bytes
    key_id: str
    authority_key_id: str

    def is_valid(self, at: int) -> bool:
        return self.not_before <= at <= self.not_after

    def is_signed_by(self, authority: Certificate) -> bool:
        return _is_signed(self.der, authority.point)


@dataclasses.dataclass(frozen=True)
class RevocationList:
    der: bytes
    issuer: Name
    issuer_key_id: str
    number: int
    this_update: int
    since: dict[bytes, int]

    def is_signed_by(self, authority: Certificate) -> bool:
        return _is_signed(self.der, authority.point)


def key_id(point: bytes) -> bytes:
    return hashlib.sha256(point).digest()[:20]


def name(reader: Reader) -> Name:
    der = reader.whole(SEQUENCE)
    fields = Reader(der).enter(SEQUENCE)
    texts = []
    for attribute in ("2.5.4.10", "2.5.4.3"):
        pair = fields.enter(SET)
        both = pair.enter(SEQUENCE)
        both.expect(identifier(attribute))
        texts.append(both.text())
        both.done()
        pair.done()
        if not 1 <= len(texts[-1]) <= 64:
            raise Malformed("name")
    fields.done()
    return Name(der, *texts)


@functools.lru_cache(maxsize=1024)
def certificate(der: bytes) -> Certificate:
    """Reads one; whether its authority signed it is `is_signed_by`."""
    if len(der) > CERTIFICATE_BYTES:
        raise Malformed("tooLarge")
    fields = Reader(_signed(der)[0]).enter(SEQUENCE)
    fields.expect(value(context(0), value(INTEGER, b"\x02")))
    serial = fields.positive()
    fields.expect(ECDSA_WITH_SHA256)
    issuer = name(fields)
    validity = fields.enter(SEQUENCE)
    not_before, not_after = validity.time(), validity.time()
    validity.done()
    subject = name(fields)
    info = fields.enter(SEQUENCE)
    info.expect(openssl.P256)
    point = openssl.point(info.octets_of_bits())
    info.done()
    extensions = fields.take(context(3))
    fields.done()
    own, authority = key_id(point), extensions[-20:]
    profile = _profile(extensions, subject, own, authority)
    if not 16 <= len(serial) <= 20 or not_before >= not_after:
        raise Malformed("notInProfile")
    is_own = (issuer.der == subject.der, authority == own)
    if is_own != ((True, True) if profile.name == "root" else (False, False)):
        raise Malformed("notInProfile")
    return Certificate(
        der, profile, serial, issuer, subject, not_before, not_after, point, own.hex(),
        authority.hex(),
    )


def revocation_list(der: bytes) -> RevocationList:
    if len(der) > LIST_BYTES:
        raise Malformed("tooLarge")
    fields = Reader(_signed(der)[0]).enter(SEQUENCE)
    fields.expect(value(INTEGER, b"\x01"))
    fields.expect(ECDSA_WITH_SHA256)
    issuer = name(fields)
    this_update, next_update = fields.time(), fields.time()
    since: dict[bytes, int] = {}
    if fields.next() == SEQUENCE:
        entries = fields.enter(SEQUENCE)
        if entries.next() is None:
            raise Malformed("notInProfile")
        while entries.next() is not None:
            serial, time = _entry(entries)
            since[serial] = min(time, since.get(serial, time))
    wrapper = fields.enter(context(0))
    extensions = wrapper.enter(SEQUENCE)
    wrapper.done()
    fields.done()
    authority = extensions.whole(SEQUENCE)[-20:]
    numbered = extensions.enter(SEQUENCE)
    numbered.expect(identifier("2.5.29.20"))
    encoded = numbered.take(OCTET_STRING)
    number = int.from_bytes(Reader(encoded).take(INTEGER), "big", signed=True)
    numbered.done()
    extensions.done()
    written = value(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))
    expected = _authority_key_id(authority) + _extension("2.5.29.20", written)
    if extensions.data != expected or not 0 <= number < 2**31 or this_update >= next_update:
        raise Malformed("notInProfile")
    return RevocationList(der, issuer, authority.hex(), number, this_update, since)


def certificates_of_pem(text: bytes) -> list[Certificate]:
    return [certificate(der) for der in _pem("CERTIFICATE", text)]


def list_of_pem(text: bytes) -> RevocationList:
    ders = _pem("X509 CRL", text)
    if len(ders) != 1:
        raise Malformed("malformed")
    return revocation_list(ders[0])


def _pem(label: str, text: bytes) -> list[bytes]:
    """RFC 7468 in one form: lines of 64, LF, nothing between. Written again it is the same."""
    begin, end = f"-----BEGIN {label}-----\n", f"-----END {label}-----\n"
    ders, written = [], ""
    for block in re.findall(f"{begin}([A-Za-z0-9+/=\n]*){end}".encode(), text):
        try:
            ders.append(base64.b64decode(block.replace(b"\n", b""), validate=True))
        except ValueError:
            raise Malformed("malformed") from None
        encoded = base64.b64encode(ders[-1]).decode("ascii")
        lines = [encoded[at : at + 64] + "\n" for at in range(0, len(encoded), 64)]
        written += begin + "".join(lines) + end
    if not ders or written.encode("ascii") != text:
        raise Malformed("malformed")
    return ders


def _signed(der: bytes) -> tuple[bytes, bytes]:
    """What is signed and the signature, of the outer form of certificates and lists."""
    reader = Reader(der)
    outer = reader.enter(SEQUENCE)
    reader.done()
    signed = outer.whole(SEQUENCE)
    outer.expect(ECDSA_WITH_SHA256)
    signature = openssl.ecdsa_form(outer.octets_of_bits())
    outer.done()
    return signed, signature


def _is_signed(der: bytes, point: bytes) -> bool:
    signed, signature = _signed(der)
    return openssl.verifies_p256(point, hashlib.sha256(signed).digest(), signature)


def _profile(extensions: bytes, subject: Name, own: bytes, authority: bytes) -> Profile:
    """The one whose extensions, written for these keys, are these bytes."""
    for profile in PROFILES:
        if _extensions(profile, subject.common_name, own, authority) != extensions:
            continue
        organisation = profile.organisation or subject.organisation
        is_named = re.fullmatch(profile.common_name, subject.common_name, re.DOTALL)
        if is_named and subject.organisation == organisation:
            return profile
    raise Malformed("notInProfile")


def _extensions(profile: Profile, host: str, own: bytes, authority: bytes) -> bytes:
    def sequence(*values: bytes) -> bytes:
        return value(SEQUENCE, *values)

    found = []
    if profile.is_authority:
        length = b"" if profile.name == "root" else value(INTEGER, b"\0")
        found.append(_extension("2.5.29.19", sequence(TRUE, length), TRUE))
    found.append(_extension("2.5.29.15", value(BIT_STRING, profile.key_usage), TRUE))
    if profile.usages:
        found.append(_extension("2.5.29.37", sequence(*map(identifier, profile.usages))))
    if profile.name == "exchangeServer":
        found.append(_extension("2.5.29.17", sequence(value(0x82, host.encode("utf-8")))))
    if profile.permits:
        text = value(UTF8, profile.permits.encode("ascii"))
        subtree = sequence(value(SET, sequence(identifier("2.5.4.10"), text)))
        trees = value(context(0), sequence(value(context(4), subtree)))
        found.append(_extension("2.5.29.30", sequence(trees), TRUE))
    found.append(_extension("2.5.29.32", sequence(sequence(identifier(ARC + ".3.1")))))
    found.append(_extension("2.5.29.14", value(OCTET_STRING, own)))
    found.append(_authority_key_id(authority))
    return sequence(*found)


def _extension(dotted: str, content: bytes, critical: bytes = b"") -> bytes:
    return value(SEQUENCE, identifier(dotted), critical, value(OCTET_STRING, content))


def _authority_key_id(authority: bytes) -> bytes:
    return _extension("2.5.29.35", value(SEQUENCE, value(0x80, authority)))


def _entry(entries: Reader) -> tuple[bytes, int]:
    """Serial number and *since*, which stands as date and as invalidityDate."""
    entry = entries.enter(SEQUENCE)
    serial = entry.positive()
    since = entry.time()
    extensions = entry.enter(SEQUENCE)
    entry.done()
    reasons = [_extension("2.5.29.21", value(ENUMERATED, bytes([code]))) for code in range(1, 6)]
    for reason in reasons:
        if extensions.data.startswith(reason):
            extensions.expect(reason)
    invalidity = extensions.enter(SEQUENCE)
    extensions.done()
    invalidity.expect(identifier("2.5.29.24"))
    date = Reader(invalidity.take(OCTET_STRING))
    invalidity.done()
    if date.next() != GENERALIZED_TIME or date.generalized_time() != since:
        raise Malformed("notInProfile")
    date.done()
    return serial, since


TRUE = value(BOOLEAN, b"\xff")
