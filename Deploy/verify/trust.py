"""What an evidence file brings to be believed with, as far as the root certificate vouches for it
(`Schemas/keys-and-directory.md` 2, `Schemas/envelope.md` 9)."""

from __future__ import annotations

import dataclasses

import certificates
import forms
import statements
from canonical import Malformed
from certificates import Certificate, RevocationList
from fault import Fault, named
from statements import Statement

LIST_AGE = 72 * 3_600_000


@dataclasses.dataclass
class Trust:
    """Certificates, lists and the registrar's word; filled file by file, each judged first."""

    root: Certificate
    authorities: dict[str, Certificate] = dataclasses.field(default_factory=dict)
    lists: dict[str, RevocationList] = dataclasses.field(default_factory=dict)
    known: dict[tuple[bytes, bytes], Certificate] = dataclasses.field(default_factory=dict)
    signers: list[Certificate] = dataclasses.field(default_factory=list)
    exchange: str = ""
    policy: Statement | None = None
    memberships: dict[str, Statement] = dataclasses.field(default_factory=dict)

    def good_chain(self, certificate: Certificate, at: int) -> bool:
        """Whether the path to the root holds at `at`, in seconds, and nothing in it is revoked.

        Both below the root have a list; one that names them counts from its *since*."""
        authority = self.authorities.get(certificate.authority_key_id)
        if authority is None or certificate.issuer.der != authority.subject.der:
            return False
        listed = self.lists.get(authority.key_id), self.lists.get(self.root.key_id)
        if listed[0] is None or listed[1] is None:
            return False
        since = listed[0].since.get(certificate.serial), listed[1].since.get(authority.serial)
        return (
            certificate.profile.organisation == authority.profile.permits
            and all(one.is_valid(at) for one in (certificate, authority, self.root))
            and all(time is None or time > at for time in since)
            and certificate.is_signed_by(authority)
        )

    def believe(self, files: dict[str, bytes]) -> None:
        """Takes certificates, lists and the registrar's word, each judged with those before it."""
        self.add_chain("chain.pem", _present(files, "chain.pem"))
        for name, content in files.items():
            if name.startswith("crl-"):
                self.add_list(name, content)
        self.add_signers("chain.pem")
        self.add_policy("policy.der", _present(files, "policy.der"))
        for name, content in files.items():
            if name.startswith("membership-"):
                self.add_membership(name, content)

    def add_chain(self, file: str, text: bytes) -> None:
        with named(file, "malformed"):
            found = certificates.certificates_of_pem(text)
        for one in found:
            if one.profile.is_authority and one != self.root:
                self._add_authority(file, one)
        self.signers = [one for one in found if not one.profile.is_authority]

    def _add_authority(self, file: str, authority: Certificate) -> None:
        is_good = (
            authority.profile.name != "root"
            and authority.issuer.der == self.root.subject.der
            and authority.authority_key_id == self.root.key_id
            and self.root.is_valid(authority.not_before)
            and self.authorities.get(authority.key_id, authority) == authority
            and authority.is_signed_by(self.root)
        )
        if not is_good:
            raise Fault(file, "wrongRoot")
        self.authorities[authority.key_id] = authority

    def add_list(self, file: str, text: bytes) -> None:
        with named(file, "malformed"):
            found = certificates.list_of_pem(text)
        if file != f"crl-{found.issuer_key_id}.pem":
            raise Fault(file, "wrongSigner")
        authority = {**self.authorities, self.root.key_id: self.root}.get(found.issuer_key_id)
        if authority is None or found.issuer.der != authority.subject.der:
            raise Fault(file, "untrusted")
        if not found.is_signed_by(authority):
            raise Fault(file, "untrusted")
        self.lists[found.issuer_key_id] = found

    def add_signers(self, file: str) -> None:
        """Each was good when it began; the exchange has one name, one key has one certificate."""
        for one in self.signers:
            keys = {known.key_id for known in self.known.values() if known != one}
            if not self.good_chain(one, one.not_before) or one.key_id in keys:
                raise Fault(file, "untrusted")
            if one.profile.name in ("exchangeReceipt", "exchangeRegistrar"):
                self.exchange = self.exchange or one.subject.common_name
                if self.exchange != one.subject.common_name:
                    raise Fault(file, "untrusted")
            self.known[one.issuer.der, one.serial] = one
        if not self.exchange:
            raise Fault(file, "missing")

    def verify(self, file: str, statement: Statement, at: int) -> None:
        """Believes a statement: its signer was good at `at`, in milliseconds, may sign this type,
        is its issuer, and signed it; the authority enclosed is the one that issued the signer."""
        data = statement.signed
        signer = self.known.get((data.issuer.der, data.serial))
        if signer is None or signer.profile.name not in statement.kind.roles:
            raise Fault(file, "wrongSigner")
        if not self.good_chain(signer, at // 1000):
            raise Fault(file, "untrusted")
        authority = self.authorities[signer.authority_key_id]
        is_issuer = signer.subject.common_name == statement.issuer
        if not is_issuer or not data.names(signer) or authority not in data.certificates:
            raise Fault(file, "wrongSigner")
        if not data.is_signed_by(signer):
            raise Fault(file, "badSignature")

    def add_policy(self, file: str, der: bytes) -> None:
        self.policy = self._word(file, der, "policy")

    def add_membership(self, file: str, der: bytes) -> None:
        found = self._word(file, der, "membership")
        member = found.body["memberId"]
        if file != f"membership-{member}.der":
            raise Fault(file, "wrongSigner")
        self.memberships[member] = found

    def check_entry(self, file: str, der: bytes, sender: str) -> None:
        found = self._word(file, der, "directoryEntry")
        if found.issuer != sender or file != f"entry-{sender}.der":
            raise Fault(file, "wrongSigner")

    def _word(self, file: str, der: bytes, kind: str) -> Statement:
        """A statement without a leaf: judged at the time it states, or at the beginning of its
        certificate where that is later."""
        statement = read(file, der, kind)
        if kind != "directoryEntry" and statement.issuer != self.exchange:
            raise Fault(file, "wrongSigner")
        signer = self.known.get((statement.signed.issuer.der, statement.signed.serial))
        begin = signer.not_before * 1000 if signer else 0
        self.verify(file, statement, max(statement.at, begin))
        return statement

    def log_key(self, origin: str, issuer: str) -> bytes:
        """The key of a tree of this issuer: a member's by its membership, else by the policy."""
        kind, *rest = origin.split("/")[2:]
        if self.policy is None or (rest[0] if kind == "access" else self.exchange) != issuer:
            raise Fault(self._file_of_key(issuer), "wrongSigner")
        if kind == "access":
            membership = self.memberships.get(issuer)
            key = membership.body.get("logPublicKey") if membership else None
        else:
            logs = self.policy.body["logs"]
            key = next((log["publicKey"] for log in logs if log["origin"] == origin), None)
        octets = forms.octets(key) if key else None
        if octets is None:
            raise Fault(self._file_of_key(issuer), "missing")
        return octets

    def check_list(self, file: str, statement: Statement, at: int) -> None:
        """A list that was older than 72 hours when its authority's key spoke may leave out a
        revocation of then."""
        signer = self.known[statement.signed.issuer.der, statement.signed.serial]
        if at - self.lists[signer.authority_key_id].this_update * 1000 > LIST_AGE:
            raise Fault(file, "untrusted")

    def _file_of_key(self, issuer: str) -> str:
        return "policy.der" if issuer == self.exchange else f"membership-{issuer}.der"


def _present(files: dict[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Fault(name, "missing")
    return files[name]


def read(file: str, der: bytes, kind: str) -> Statement:
    with named(file, "malformed"):
        statement = statements.read(der)
        if statement.type != kind:
            raise Malformed("malformed")
    return statement
