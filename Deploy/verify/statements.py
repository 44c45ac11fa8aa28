"""What each statement says: the members of `Schemas/envelope.md` 3, who may sign it, what it
follows, and its own time; with the forms of `Schemas/keys-and-directory.md` 6."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

import canonical
import forms
import signed
from canonical import Malformed
from forms import (
    CLOCK, CODE, DESK, EXCHANGE, FILLED, HASH, KEY, LINE, MEMBER, MESSAGE, PART, PURPOSE, SUITE, TEXT,
    TREE, Form, both, is_32_bytes, is_count, is_day, is_time, is_truth, one_of, some,
)

Rule = Callable[[dict[str, Any]], bool]

BYTES = 64 * 1024
CHUNKS, CHUNK_BYTES = 256, 4 * 1024 * 1024 + 4 * 1024
DESKS = 40

URGENCY = one_of("emergency", "urgent", "routine")
FORGED = ("forwarded", "replayed")
REFUSALS = (
    "malformed", "badSignature", "damagedPart", "tooLarge", "wrongSuite", "unsupportedSheet",
    "wrongRecipient", "undecryptable", "wrongSigner", "untrusted", "certificateExpired", "revoked",
    "expired", "invalidSheet", "directionNotAllowed", "consentMissing", *FORGED,
)
COMMITMENTS = {"actorName": is_32_bytes, "actorRole": is_32_bytes, "desk": is_32_bytes}


def _refusal_fits(body: dict[str, Any]) -> bool:
    """`whoMustAct` and `resend` are those of the code (`envelope.md` 6)."""
    who, again = ("nobody", "never") if body["code"] in FORGED else ("sender", "newMessage")
    return (body["whoMustAct"], body["resend"]) == (who, again)


def _answer_fits(body: dict[str, Any]) -> bool:
    """Each time is there with its outcome and with no other."""
    times = {"released": {"releasedAt"}, "alreadyOpened": {"openedAt"}}
    return {"releasedAt", "openedAt"} & set(body) == times.get(body["outcome"], set())


def _entry_fits(body: dict[str, Any]) -> bool:
    """Of itself, with its gateway; or of a member on paper, by name."""
    is_own = body["issuer"].startswith("m")
    return ("gateway" in body, "memberId" in body) == (is_own, not is_own)


TELEPHONE = both(
    "[0-9][0-9-]{8,13}[0-9]", lambda text: 10 <= sum(map(str.isdigit, text)) <= 11
)
CLOCK_TIME = CLOCK + "|24:00"
DESK_ADDRESS = {"memberId": MEMBER, "deskId": DESK}
WAY = one_of("telephone", "visit", "system")


def _hours(others: dict[str, Form]) -> Form:
    times = {
        "days": [one_of("mon", "tue", "wed", "thu", "fri", "sat", "sun")],
        "from": CLOCK_TIME, "to": CLOCK_TIME, **others,
    }
    return both(times, lambda hours: hours["from"] < hours["to"])


def _days(others: dict[str, Form]) -> Form:
    days = {"from": is_day, "to": is_day, **others}
    return both(days, lambda span: span["from"] <= span["to"])


HOURS = _hours({"holidays": is_truth})
DESK_OF_ENTRY = {
    "deskId": DESK, "name": FILLED, "kind": CODE, "telephone?": TELEPHONE, "hours": [HOURS],
    "careManagerHours": [_hours({"way": WAY, "note?": LINE})],
    "appointment?": {
        "way": WAY, "leadDays?": is_count, "note?": LINE, "jointConference": is_truth
    },
    "deputies": [{"deskId": DESK, "after": is_count}],
    "absence?": _days({"coveredBy?": DESK_ADDRESS, "text": FILLED}),
}
ENTRY: dict[str, Form] = {
    "entryNumber": is_count, "telephone": TELEPHONE, "fax?": TELEPHONE,
    "emergencyTelephone?": TELEPHONE,
    "desks": both([DESK_OF_ENTRY], lambda desks: 1 <= len(desks) <= DESKS),
    "accepts": [
        {
            "sheetType": CODE, "versions": [TEXT], "desks": [DESK], "urgencies": [URGENCY],
            "maximumBytes": is_count,
        }
    ],
    "suites": [SUITE], "attachmentKinds": [TEXT], "maximumMessageBytes": is_count,
    "backupHospitals": [{"memberId": MEMBER, "forConditions?": LINE, "agreedOn": is_day}],
    "emergencyContacts": [{"deskId": DESK, "telephone": TELEPHONE, "hours": [HOURS]}],
    "closedDays": [_days({"reason": FILLED, "coveredBy?": DESK_ADDRESS})],
    "features?": some(TEXT),
    "gateway?": {"product": FILLED, "version": FILLED, "supportTelephone": TELEPHONE},
    "reviewedAt": is_day, "memberId?": MEMBER,
}
MEMBERSHIP: dict[str, Form] = {
    "memberId": MEMBER, "legalName": FILLED, "legalNameKana": LINE, "displayName": FILLED,
    "organisationType": CODE,
    "officeNumbers": [
        {"kind": one_of("careOffice", "medicalInstitution"), "value": "[0-9]{10}"}
    ],
    "address": LINE, "area": LINE, "connection": one_of("gateway", "paper"),
    "status": one_of("active", "suspended", "left"), "since": is_time, "verifiedBy": FILLED,
    "verifiedAt": is_time, "logPublicKey?": is_32_bytes, "recovery?": some(KEY),
}
BY_URGENCY = {"emergency": is_count, "urgent": is_count, "routine": is_count}
CLOCKS = ("notAccepted", "notDeliveredFirst", "notDeliveredSecond", "expires", "noReceipt")
LIMITS = (
    "messageBytes", "batchItems", "batchBytes", "requestsPerSecond", "requestsBurst",
    "messagesPerSecond", "messagesBurst", "bytesPerDay", "pairMessages", "pairBytes",
    "openChunkBytes",
)
POLICY: dict[str, Form] = {
    "number": is_count, "logs": [{"origin": FILLED, "publicKey": is_32_bytes}],
    "witnesses": [
        {"name": FILLED, "publicKey": is_32_bytes, "memberId?": MEMBER, "votes": is_count}
    ],
    "quorum": is_count, "mergeDelaySeconds": is_count, "transportFiscalYears": is_count,
    "clocks": dict.fromkeys(CLOCKS, BY_URGENCY), "limits": dict.fromkeys(LIMITS, is_count),
    "from": is_time,
}


@dataclasses.dataclass(frozen=True)
class Kind:
    """One line of the table of statements; `at` and `before` name members."""

    roles: tuple[str, ...]
    form: dict[str, Form]
    at: str = ""
    before: str = ""
    rule: Rule | None = None


SENDER = RECIPIENT = ("memberSigning",)
EXCHANGES = ("exchangeReceipt",)
REGISTRAR = ("exchangeRegistrar",)
CHUNK = both(
    {"sealedSha256": HASH, "sealedLength": is_count},
    lambda chunk: 1 <= chunk["sealedLength"] <= CHUNK_BYTES,
)
SUBMISSION: dict[str, Form] = {
    "routingSha256": HASH, "sealedSha256": HASH, "sealedLength": is_count,
    "chunks": both([CHUNK], lambda chunks: len(chunks) <= CHUNKS),
}
ACCEPTED: dict[str, Form] = {
    "routingSha256": HASH, "sealedSha256": HASH, "sealedLength": is_count, "expiresAt": is_time
}
CHECKS = {
    "signerCertificateSha256": HASH, "certificateListNumber": is_count,
    "revocationFreshness": one_of("fresh", "stale"), "policy": is_count,
}
DELIVERED: dict[str, Form] = {"sealedSha256": HASH, "contentSha256": HASH, "checks": CHECKS}
REFUSED: dict[str, Form] = {
    "sealedSha256": HASH, "code": one_of(*REFUSALS), "whoMustAct": TEXT, "resend": TEXT,
    "disclosureSha256?": HASH,
}
CONFIRMED: dict[str, Form] = {"commitments": COMMITMENTS, "disclosureSha256": HASH}
OPENED: dict[str, Form] = {"part": PART, "purpose": PURPOSE, **CONFIRMED}
EXPIRED: dict[str, Form] = {"to": MEMBER}
UNDELIVERABLE: dict[str, Form] = {
    "to": MEMBER, "reason": one_of("noReceipt", "memberLeft"), "releasedAt?": is_time
}
WITHDRAWAL: dict[str, Form] = {
    "messageId": MESSAGE, "acceptedSha256": HASH, "requestedAt": is_time,
    "reason": one_of("wrongRecipient", "wrongPatient", "wrongContent", "consentMissing", "other"),
}
ANSWER: dict[str, Form] = {
    "to": MEMBER, "outcome": one_of("neverReleased", "released", "neverOpened", "alreadyOpened"),
    "releasedAt?": is_time, "openedAt?": is_time,
}


def _of_receipt(
    roles: tuple[str, ...], before: str, at: str, own: dict[str, Form], rule: Rule | None = None
) -> Kind:
    head = {"messageId": MESSAGE, "from": MEMBER, "logOrigin": TREE}
    return Kind(roles, {**head, before: HASH, at: is_time, **own}, at, before, rule)


KINDS = {
    "submission": Kind(SENDER, SUBMISSION),
    "accepted": _of_receipt(EXCHANGES, "submissionSha256", "acceptedAt", ACCEPTED),
    "delivered": _of_receipt(RECIPIENT, "acceptedSha256", "deliveredAt", DELIVERED),
    "refused": _of_receipt(RECIPIENT, "acceptedSha256", "refusedAt", REFUSED, _refusal_fits),
    "opened": _of_receipt(RECIPIENT, "deliveredSha256", "openedAt", OPENED),
    "confirmed": _of_receipt(RECIPIENT, "openedSha256", "confirmedAt", CONFIRMED),
    "expired": _of_receipt(EXCHANGES, "acceptedSha256", "expiredAt", EXPIRED),
    "undeliverable": _of_receipt(EXCHANGES, "acceptedSha256", "closedAt", UNDELIVERABLE),
    "withdrawal": Kind(SENDER, WITHDRAWAL, "requestedAt", "acceptedSha256"),
    "withdrawalAnswer": _of_receipt(
        EXCHANGES + RECIPIENT, "withdrawalSha256", "answeredAt", ANSWER, _answer_fits
    ),
    "membership": Kind(REGISTRAR, MEMBERSHIP, "verifiedAt"),
    "policy": Kind(REGISTRAR, POLICY, "from"),
    "directoryEntry": Kind(SENDER + REGISTRAR, ENTRY, "reviewedAt", rule=_entry_fits),
}


@dataclasses.dataclass(frozen=True)
class Statement:
    """Of an accepted form; whether it is signed is `trust.Trust.verify`."""

    type: str
    issuer: str
    body: dict[str, Any]
    sha256: str
    signed: signed.SignedData

    @property
    def kind(self) -> Kind:
        return KINDS[self.type]

    @property
    def at(self) -> int:
        """Its own time, in milliseconds since 1970; of an entry, the beginning of the day."""
        stated = self.body[self.kind.at]
        is_of_day = self.kind.at == "reviewedAt"
        return forms.midnight_in_japan(stated) if is_of_day else forms.milliseconds(stated)


def read(der: bytes) -> Statement:
    data = signed.read(der, BYTES)
    body = canonical.read(data.content, BYTES)
    if data.binding is not None or not isinstance(body, dict):
        raise Malformed("malformed")
    forms.check(body.get("type"), one_of(*KINDS))
    kind = KINDS[body["type"]]
    issuers = {"memberSigning": MEMBER}
    issuer = "|".join(sorted({issuers.get(role, EXCHANGE) for role in kind.roles}))
    head = {"type": TEXT, "version": one_of(1), "issuer": issuer}
    forms.check(body, head | kind.form)
    if kind.rule is not None and not kind.rule(body):
        raise Malformed("malformed")
    digest = hashlib.sha256(der).hexdigest()
    return Statement(body["type"], body["issuer"], body, digest, data)
