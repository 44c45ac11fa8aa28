"""One recipient's delivery as an evidence file proves it (`Schemas/envelope.md` 9)."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import canonical
import forms
import listing
import log
import signed
import statements
import trust
from canonical import Malformed
from fault import Fault, named
from forms import KEY, MEMBER, MESSAGE, SUITE, both, is_time, one_of
from statements import COMMITMENTS, URGENCY, Statement

ROUTING_BYTES = 8 * 1024
SEALED_BYTES = 2 * 1024 * 1024 + 64 * 1024
MINUTES, DAYS = 60_000, 86_400_000
VERIFY_TXT = "bb515d0137a769293f39edbffe0d93b654edb007b30c2b844cfaa0e56e34ea82"

# The places of statements, in the order of the file.
PLACES = (
    "accepted", "delivered", "refused", "opened", "confirmed", "expired", "withdrawal",
    "withdrawalreleased", "withdrawalanswer", "undeliverable",
)
ORDER = (
    "verify.txt", "routing.json", "submission.der", "sealed.der", "content.der",
    *(f"{place}.der" for place in PLACES), *(f"disclosure-{place}.json" for place in PLACES),
    "chain.pem", f"crl-({KEY}).pem", *(f"{place}.leaf.json" for place in PLACES),
    *(f"{place}.tlog-proof" for place in PLACES), "policy.der", f"membership-({MEMBER}).der",
    f"entry-({MEMBER}).der",
)
LIST = {"version": one_of(1), "messageId": MESSAGE, "to": MEMBER, "files": listing.FILES}
ROUTING = {
    "version": one_of(1), "suite": SUITE, "from": MEMBER, "messageId": MESSAGE,
    "to": both(
        [{"memberId": MEMBER, "keyId": KEY}],
        lambda to: 1 <= len(to) <= 20
        and all(one["memberId"] < next["memberId"] for one, next in zip(to, to[1:])),
    ),
    "createdAt": is_time, "expiresAt": is_time, "urgency": URGENCY,
}
OPENING = {"field": one_of(*COMMITMENTS), "value": forms.TEXT, "salt": forms.is_32_bytes}
DISCLOSURE = {
    "type": one_of("disclosure"), "version": one_of(1), "messageId": MESSAGE,
    "openings": [OPENING], "text?": forms.TEXT,
}


@dataclasses.dataclass(frozen=True)
class Fact:
    """One thing that is proved; unproved only what is promised or told."""

    fact: str
    file: str
    by: str
    at: str
    proved: bool
    name: str | None
    person: str | None = None


class Delivery:
    """Checks file by file; what follows a statement believes what that one proved."""

    def __init__(self, data: bytes, believed: trust.Trust, now: int) -> None:
        listed, self.files = listing.files(data, "evidence.json", LIST, ORDER)
        self.trust = believed
        self.now = now
        self.message_id, self.recipient = listed["messageId"], listed["to"]
        self.chain: dict[str, str] = {}
        self.facts: list[Fact] = []

    def verify(self) -> list[Fact]:
        if hashlib.sha256(self.files.get("verify.txt", b"")).hexdigest() != VERIFY_TXT:
            raise Fault("verify.txt", "textDiffers")
        self.trust.believe(self.files)
        routing = self._routing()
        self.sender = routing["from"]
        self._entry()
        submission = trust.read("submission.der", self._file("submission.der"), "submission")
        self._submission(submission)
        for place in PLACES:
            if f"{place}.der" in self.files:
                self._statement(place)
            elif any(name in self.files for name in self._companions(place)):
                raise Fault(f"{place}.der", "missing")
        if "content.der" in self.files:
            self._content(submission)
        return self.facts

    def _file(self, name: str) -> bytes:
        if name not in self.files:
            raise Fault(name, "missing")
        return self.files[name]

    def _companions(self, place: str) -> list[str]:
        return [f"disclosure-{place}.json", f"{place}.leaf.json", f"{place}.tlog-proof"]

    def _entry(self) -> None:
        for name, content in self.files.items():
            if name.startswith("entry-"):
                self.trust.check_entry(name, content, self.sender)

    def _routing(self) -> dict[str, Any]:
        with named("routing.json", "malformed"):
            routing = canonical.read(self._file("routing.json"), ROUTING_BYTES)
            forms.check(routing, ROUTING)
            begin, end = (forms.milliseconds(routing[name]) for name in ("createdAt", "expiresAt"))
            recipients = [one["memberId"] for one in routing["to"]]
            if not 10 * MINUTES <= end - begin <= 30 * DAYS or routing["from"] in recipients:
                raise Malformed("malformed")
        if routing["messageId"] != self.message_id or self.recipient not in recipients:
            raise Fault("evidence.json", "contentDiffers")
        return routing

    def _submission(self, submission: Statement) -> None:
        """Judged when the exchange accepted it, by whoever sent it, over these bytes."""
        accepted = trust.read("accepted.der", self._file("accepted.der"), "accepted")
        self.trust.verify("submission.der", submission, accepted.at)
        self.trust.check_list("submission.der", submission, accepted.at)
        routing_sha256 = hashlib.sha256(self.files["routing.json"]).hexdigest()
        told = submission.body["routingSha256"]
        if submission.issuer != self.sender or told != routing_sha256:
            raise Fault("submission.der", "wrongChain")
        if accepted.body["routingSha256"] != routing_sha256:
            raise Fault("accepted.der", "wrongChain")
        self.sealed_sha256 = submission.body["sealedSha256"]
        sealed = self.files.get("sealed.der")
        if sealed is not None and hashlib.sha256(sealed).hexdigest() != self.sealed_sha256:
            raise Fault("sealed.der", "contentDiffers")
        self.chain["submissionSha256"] = submission.sha256
        self._add("sent", "submission.der", submission.issuer, accepted.body["acceptedAt"])

    def _statement(self, place: str) -> None:
        file = f"{place}.der"
        is_answer = place in ("withdrawalreleased", "withdrawalanswer")
        kind = "withdrawalAnswer" if is_answer else place
        statement = trust.read(file, self._file(file), kind)
        outcome = statement.body.get("outcome")
        if is_answer and (outcome == "released") != (place == "withdrawalreleased"):
            raise Fault(file, "malformed")
        speaker = {
            "exchangeReceipt": self.trust.exchange,
            "memberSigning": self.sender if place == "withdrawal" else self.recipient,
        }
        role = "memberSigning"
        if outcome in ("neverReleased", "released") or statement.kind.roles == ("exchangeReceipt",):
            role = "exchangeReceipt"
        if statement.issuer != speaker[role]:
            raise Fault(file, "wrongSigner")
        self._follows(file, statement)
        self.trust.verify(file, statement, statement.at)
        self.trust.check_list(file, statement, statement.at)
        self.chain[f"{place}Sha256"] = statement.sha256
        if place == "withdrawal":
            self._promises_nothing(place)
        proved = place == "withdrawal" or self._is_in_log(place, statement)
        at = statement.body[statement.kind.at]
        self._add(outcome or place, file, statement.issuer, at, proved)
        self._disclosure(place, statement)

    def _promises_nothing(self, place: str) -> None:
        for name in self._companions(place):
            if name in self.files:
                raise Fault(name, "unknownFile")

    def _follows(self, file: str, statement: Statement) -> None:
        """It names this message, this copy, and the statement before it."""
        body, before = statement.body, statement.kind.before
        is_ours = (
            body["messageId"] == self.message_id
            and body.get("from", self.sender) == self.sender
            and body.get("to", self.recipient) == self.recipient
            and body.get("sealedSha256", self.sealed_sha256) == self.sealed_sha256
            and body[before] == self.chain.get(before)
        )
        if not is_ours:
            raise Fault(file, "wrongChain")

    def _is_in_log(self, place: str, receipt: Statement) -> bool:
        """Whether the promise was kept; without proof it stands until the merge delay is over."""
        _, leaf_name, proof_name = self._companions(place)
        leaf, proof = self.files.get(leaf_name), self.files.get(proof_name)
        policy = self.trust.policy
        if leaf is None and proof is None and policy is not None:
            if self.now > receipt.at + policy.body["mergeDelaySeconds"] * 1000:
                raise Fault(f"{place}.der", "promiseBroken")
            return False
        if leaf is None or proof is None:
            raise Fault(leaf_name if leaf is None else proof_name, "missing")
        origin = receipt.body["logOrigin"]
        key = self.trust.log_key(origin, receipt.issuer)
        with named(leaf_name, "proofFails"):
            log.leaf_names(leaf, receipt.sha256, origin.split("/")[2])
        with named(proof_name, "proofFails"):
            log.prove(proof, leaf, origin, key)
        return True

    def _disclosure(self, place: str, receipt: Statement) -> None:
        """Who acted, against the commitments; a refusal has none, so its words are told only."""
        file = f"disclosure-{place}.json"
        content = self.files.get(file)
        if content is None:
            return
        with named(file, "malformed"):
            disclosure = canonical.read(content, statements.BYTES)
            forms.check(disclosure, DISCLOSURE)
        openings = {one["field"]: one for one in disclosure["openings"]}
        committed = receipt.body.get("commitments")
        found = {field: log.commitment(field, one) for field, one in openings.items()}
        is_whole = (
            "disclosureSha256" in receipt.body
            and disclosure["messageId"] == self.message_id
            and len(openings) == len(disclosure["openings"])
            and (committed is None or (found == committed and "text" not in disclosure))
        )
        if not is_whole:
            raise Fault(file, "commitmentDiffers")
        person = openings.get("actorName", {}).get("value")
        at = receipt.body[receipt.kind.at]
        self._add("disclosed", file, receipt.issuer, at, committed is not None, person)

    def _content(self, submission: Statement) -> None:
        """Signed by the sender with the certificate of the submission, for this routing header."""
        file = "content.der"
        with named(file, "malformed"):
            data = signed.read(self.files[file], SEALED_BYTES)
        offered = submission.signed
        signer = self.trust.known[offered.issuer.der, offered.serial]
        authority = self.trust.authorities[signer.authority_key_id]
        if not data.names(signer) or authority not in data.certificates:
            raise Fault(file, "wrongSigner")
        if not data.is_signed_by(signer):
            raise Fault(file, "badSignature")
        content = hashlib.sha256(data.content).hexdigest()
        is_routed = data.binding == hashlib.sha256(self.files["routing.json"]).digest()
        if not is_routed or content != self.content_sha256(content):
            raise Fault(file, "contentDiffers")
        self._add("content", file, submission.issuer, self.facts[0].at)

    def content_sha256(self, otherwise: str) -> str:
        """Of what the recipient says was delivered."""
        if "delivered.der" not in self.files:
            return otherwise
        return statements.read(self.files["delivered.der"]).body["contentSha256"]

    def _add(
        self, fact: str, file: str, by: str, at: str, proved: bool = True,
        person: str | None = None,
    ) -> None:
        membership = self.trust.memberships.get(by)
        name = membership.body["displayName"] if membership else None
        self.facts.append(Fact(fact, file, by, at, proved, name, person))
