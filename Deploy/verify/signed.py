"""SignedData of `Schemas/envelope.md` 2.4: one signer, the content inside."""

from __future__ import annotations

import dataclasses
import hashlib

import openssl
from canonical import Malformed
from certificates import ECDSA_WITH_SHA256, Certificate, Name, certificate, name
from der import INTEGER, OBJECT, OCTET_STRING, SEQUENCE, SET, Reader, context, identifier, value

DATA = identifier("1.2.840.113549.1.7.1")
SIGNED_DATA = identifier("1.2.840.113549.1.7.2")
SHA256 = value(SEQUENCE, identifier("2.16.840.1.101.3.4.2.1"))
CONTENT_TYPE = identifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = identifier("1.2.840.113549.1.9.4")
SIGNING_TIME = identifier("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE = identifier("1.2.840.113549.1.9.16.2.47")
BINDING = identifier("1.3.6.1.4.1.99999.1.1.1")


@dataclasses.dataclass(frozen=True)
class SignedData:
    """Read and not believed yet: `verify` proves it for one certificate."""

    der: bytes
    content: bytes
    certificates: tuple[Certificate, ...]
    issuer: Name
    serial: bytes
    attributes: dict[bytes, bytes]
    signed_attributes: bytes
    signature: bytes

    @property
    def binding(self) -> bytes | None:
        return self.attributes.get(BINDING)

    def names(self, signer: Certificate) -> bool:
        """Whether it is the certificate named, by serial number and by hash, and enclosed."""
        return (
            (self.issuer.der, self.serial) == (signer.issuer.der, signer.serial)
            and self.attributes[SIGNING_CERTIFICATE] == _reference(signer)
            and signer in self.certificates
        )

    def is_signed_by(self, signer: Certificate) -> bool:
        """Whether its key signed this content."""
        digest = hashlib.sha256(self.signed_attributes).digest()
        is_content = self.attributes[MESSAGE_DIGEST] == hashlib.sha256(self.content).digest()
        return is_content and openssl.verifies_p256(signer.point, digest, self.signature)


def read(der: bytes, limit: int) -> SignedData:
    if len(der) > limit:
        raise Malformed("tooLarge")
    reader = Reader(der)
    info = reader.enter(SEQUENCE)
    reader.done()
    info.expect(SIGNED_DATA)
    wrapper = info.enter(context(0))
    info.done()
    data = wrapper.enter(SEQUENCE)
    wrapper.done()
    data.expect(value(INTEGER, b"\x01") + value(SET, SHA256))
    capsule = data.enter(SEQUENCE)
    capsule.expect(DATA)
    inside = capsule.enter(context(0))
    capsule.done()
    content = inside.take(OCTET_STRING)
    inside.done()
    certificates = tuple(certificate(der) for der in data.set_of(context(0)))
    if sorted(one.profile.is_authority for one in certificates) != [False, True]:
        raise Malformed("certificates")
    signers = data.enter(SET)
    data.done()
    signer = signers.enter(SEQUENCE)
    signers.done()
    signer.expect(value(INTEGER, b"\x01"))
    reference = signer.enter(SEQUENCE)
    issuer, serial = name(reference), reference.positive()
    reference.done()
    signer.expect(SHA256)
    elements = signer.set_of(context(0))
    signer.expect(ECDSA_WITH_SHA256)
    signature = openssl.ecdsa_form(signer.take(OCTET_STRING))
    signer.done()
    return SignedData(
        der, content, certificates, issuer, serial, _attributes(elements),
        value(SET, *elements), signature,
    )


def _attributes(elements: list[bytes]) -> dict[bytes, bytes]:
    """The value of each attribute; of a digest its 32 octets."""
    found: dict[bytes, bytes] = {}
    for element in elements:
        attribute = Reader(element).enter(SEQUENCE)
        kind = attribute.whole(OBJECT)
        values = attribute.enter(SET)
        attribute.done()
        if kind in found:
            raise Malformed("attributes")
        if kind == CONTENT_TYPE:
            values.expect(DATA)
        elif kind == SIGNING_TIME:
            values.time()
        elif kind in (MESSAGE_DIGEST, BINDING):
            found[kind] = values.take(OCTET_STRING)
            if len(found[kind]) != 32:
                raise Malformed("attributes")
        elif kind == SIGNING_CERTIFICATE:
            found[kind] = values.whole(SEQUENCE)
        found.setdefault(kind, b"")
        values.done()
    required = {CONTENT_TYPE, SIGNING_TIME, MESSAGE_DIGEST, SIGNING_CERTIFICATE}
    if not required <= set(found) <= required | {BINDING}:
        raise Malformed("attributes")
    return found


def _reference(signer: Certificate) -> bytes:
    """SigningCertificateV2 (RFC 5035): one ESSCertIDv2, by hash, issuer and serial number."""
    octets = signer.serial if signer.serial[0] < 0x80 else b"\0" + signer.serial
    names = value(SEQUENCE, value(context(4), signer.issuer.der))
    issuer_serial = value(SEQUENCE, names, value(INTEGER, octets))
    digest = value(OCTET_STRING, hashlib.sha256(signer.der).digest())
    return value(SEQUENCE, value(SEQUENCE, value(SEQUENCE, digest, issuer_serial)))
