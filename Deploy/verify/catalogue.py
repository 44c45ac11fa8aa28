"""The leaves of a log: their form and the event catalogue (`Schemas/audit-log.md` 2.1, 7)."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import forms
from canonical import Malformed
from forms import ANY_PARTY, HASH, PURPOSE, is_32_bytes, is_time, one_of

# Event | action | actors | objects | purposes | outcomes; `+` demands `statementSha256`.
KEYS = """
authority.added | C | operator | certificate | administration | 0
certificate.issued | C | operator peer | certificate | administration | 0
certificate.revoked | D | operator peer | statement certificate | administration | 0
certificate.rotated + | U | peer | statement | administration | 0
directory.changed + | U | operator peer | statement | administration | 0
list.published | C | system | statement | system | 0
member.enrolled | C | operator peer | certificate | administration | 0
membership.changed + | U | operator peer | statement | administration | 0
policy.changed + | U | operator peer | statement | administration | 0
tree.closed | C | system operator | tree | system | 0
tree.opened | C | system operator | tree | system | 0
tree.recovered | C | system operator | tree | system | 12
"""
TRANSPORT = """
audit.alarm | E | system | statement | system | 8
audit.exported | E | operator | report | review | 0
backup.made | E | operator system | backup | maintenance | 0
backup.restored | E | operator person | backup | maintenance | 0
body.deleted | D | system | message | system | 0
certificate.issued | C | operator peer | certificate | administration | 0
certificate.revoked + | D | operator peer | statement | administration | 0
connection.refused | E | peer | certificate | system | 8
deadline.warned | E | system | message | system | 0
delivery.conflict | U | system | message | system | 8
enrolment.failed | C | peer | account | administration | 8
message.accepted + | C | peer | message | system | 0
message.confirmed + | U | peer | statement | system | 0
message.conflict | C | peer | message | system | 8
message.delivered + | U | peer | statement | system | 0
message.duplicate | C | peer | message | system | 4
message.expired + | D | system | message | system | 8
message.opened + | U | peer | statement | system | 0
message.refused + | U | peer | statement | system | 0
message.released | R | peer | message | system | 0
message.undeliverable + | U | operator system | message | administration | 8
operator.action | U | operator | account | administration | 0
process.started | E | system | setting | system | 0 4 12
process.stopped | E | system | setting | system | 0 4 12
quota.exceeded | E | peer | setting | system | 4
rate.limited | E | peer | setting | system | 4
receipt.rejected | U | peer | statement | system | 8
retention.destroyed | D | system | tree | legal | 0
retention.held | U | operator | tree | legal | 0
retention.released | U | operator | tree | legal | 0
submission.rejected | C | peer | message | system | 4 8
tree.closed | C | system operator | tree | system | 0
tree.opened | C | system operator | tree | system | 0
tree.recovered | C | system operator | tree | system | 12
withdrawal.answered + | U | system peer | statement | system | 0 4
withdrawal.requested + | U | peer | message | system | 0
"""
ACCESS = """
account.changed | U | person | account | administration | 0
account.created | C | person | account | administration | 0
account.disabled | D | person | account | administration | 0
account.reviewed | U | person | account | administration | 0
account.roleChanged | U | person | account | administration | 0
attachment.saved | E | person software | part | care patientRequest legal breakGlass | 0 4
audit.alarm | E | system | tree | system | 4 8 12
audit.exported | E | person | report | review | 0
audit.queried | R | person | report | review | 0
audit.reviewed | U | person | report | review | 0
backup.made | E | system person | backup | maintenance | 0
backup.restored | E | operator person | backup | maintenance | 0
breakGlass.reviewed | U | person | part | review | 0 8
breakGlass.used | R | person | part | breakGlass | 0
consent.changed | U | person | consent | care | 0
consent.denied | E | system person | consent | care | 8
consent.emergencyReviewed | U | person | consent | review | 0 8
consent.emergencyUsed | E | person | consent | emergency | 0
consent.granted | E | system | consent | care | 0
consent.recorded | C | person | consent | care | 0
consent.shown | R | person | consent | care | 0
consent.withdrawn | D | person | consent | care | 0
credential.added | C | person | account | administration | 0
credential.removed | D | person | account | administration | 0
credential.reset | U | person | account | administration | 0
deadline.escalated | E | system | message | system | 0
deadline.passed | E | system | message | system | 0 4
deadline.warned | E | system | message | system | 0 4
disclosure.released | U | person | part | patientRequest | 0 8
disclosure.requested | C | person | part | patientRequest | 0
enrolment.completed | C | system person | account | administration | 0 8
enrolment.started | C | person | account | administration | 0 8
key.changeHeld | E | system | certificate | administration | 4
key.destroyed | D | system person | certificate | administration | 0 8
key.expiryWarned | E | system | certificate | administration | 0
key.fingerprintChecked | E | person | certificate | administration | 0
key.foreignCertificate | E | system person | certificate | administration | 0 4 12
key.generated | C | system person | certificate | administration | 0 8
key.rotated | U | system person | certificate | administration | 0 8
key.unlocked | E | system person | certificate | administration | 0 8
key.unwitnessedAccepted | E | person | tree | administration | 0
maintenance.approved | E | person | setting | maintenance | 0
maintenance.ended | E | person | setting | maintenance | 0
maintenance.started | E | person | setting | maintenance | 0
message.accepted + | U | peer | statement | system | 0 8
message.cancelled | D | person software | message | care | 0
message.confirmed | U | person | message | care | 0
message.conflict | C | peer | message | system | 8
message.delivered + | C | peer | message | care | 0
message.duplicate | C | peer | message | system | 4
message.expired + | U | peer | statement | system | 0 8
message.freed | U | system person | message | system | 0
message.held | U | system person software | message | care | 0
message.quarantined | U | system person | message | system | 4
message.queued | C | person software | message | care | 0
message.refused | C | peer | message | care | 4 8
message.replied | U | person peer | message | care | 0
message.resealed | C | system | message | care | 0
message.returned | U | person peer | message | care | 0
message.sent | C | system | message | care | 0
message.signed | E | person | message | care | 0 8
message.undeliverable + | U | peer | statement | system | 0 8
paper.acknowledged | E | person | message | care | 0
paper.printed | E | person | message | care | 0
paper.sent | E | person | message | care | 0
process.started | E | system | setting | system | 0 4 12
process.stopped | E | system | setting | system | 0 4 12
receipt.readopted + | C | system | statement | system | 4
receipt.received + | C | peer system | statement | system | 0
receipt.rejected | C | peer system | statement | system | 8
receipt.sent + | C | peer system | statement | system | 0
retention.completed | U | person | message | administration | 0
retention.destroyed | D | person | report | legal patientRequest | 0
retention.held | U | person | message | legal | 0
retention.released | U | person | message | legal | 0
revocation.applied | U | system | certificate | administration | 0
revocation.reviewed | U | person | message | administration | 0
right.refused | E | person | account | administration | 4
session.ended | E | person | account |  | 0
session.locked | E | person | account |  | 0
session.login | E | person | account |  | 0 4 8
session.secondFactor | E | person | account |  | 0 4
setting.changed | U | person | setting | administration | 0
sheet.assigned | U | person | part | care | 0
sheet.changed | U | person software | part | care | 0
sheet.discarded | D | person software | part | care | 0
sheet.drafted | C | person software | part | care | 0
sheet.exported | E | person software | part | care patientRequest legal | 0 4
sheet.opened | R | person | part | care emergency breakGlass review | 0 4 8
sheet.printed | E | person software | part | care patientRequest legal | 0 4
tree.closed | C | system operator | tree | system | 0
tree.opened | C | system operator | tree | system | 0
tree.recovered | C | system operator | tree | system | 12
withdrawal.answered + | U | system person | message | care | 0 4
withdrawal.requested | U | system person | message | care | 0 4
"""
# Of every other event any code is a reason.
REASONS = {
    "connection.refused": "revoked unknown expired",
    "breakGlass.used": "patientEmergency deskAbsent safety other",
    "breakGlass.reviewed": "unjustified",
    "disclosure.released": "ownRequest",
    "consent.emergencyReviewed": "unjustified",
    "consent.denied": "none person scope recipient expired withdrawn family statement left",
    "audit.alarm": "noQuorum forkSeen receiptWithoutLeaf receiptBackdated leafNotExpected "
    "clockOff gap reconciliationDiffers",
    "tree.recovered": "restored rolledBack",
    "receipt.readopted": "restored",
}
COMMITTED = {
    "keys": ("consent", "account"),
    "transport": ("consent", "account", "message", "statement", "certificate"),
    "access": ("consent", "account"),
}
HEAD = {"root": HASH, "size": forms.is_count}
SHORT_CODE = "[a-z][A-Za-z0-9]{0,31}"
KINDS = (
    "message", "part", "statement", "certificate", "account", "consent", "setting", "tree",
    "report", "backup",
)
LEAF = {
    "version": one_of(1), "at": is_time, "type": forms.TEXT, "action": one_of(*"CRUDE"),
    "outcome": one_of(0, 4, 8, 12), "reason?": SHORT_CODE, "organisation": ANY_PARTY,
    "peer?": forms.TEXT,
    "object": {
        "kind": one_of(*KINDS), "id": forms.TEXT, "sha256?": HASH, "stage?": SHORT_CODE
    },
    "statementSha256?": HASH, "purpose?": PURPOSE,
    "recovery?": {"found": HEAD, "missing?": HEAD, "missingFrom?": forms.TREE},
    "actor": {
        "kind": one_of("person", "software", "operator", "system", "peer"),
        "commitment?": is_32_bytes, "role": SHORT_CODE,
        "assurance": one_of("twoFactor", "passkey", "password", "certificate", "none"),
    },
    "network?": is_32_bytes, "patient?": is_32_bytes, "consent?": is_32_bytes,
    "details?": is_32_bytes,
    "source": {
        "node": "[a-z0-9][a-z0-9.-]{0,23}", "productVersion": "[a-z0-9][a-z0-9.-]{0,15}"
    },
}


@dataclasses.dataclass(frozen=True)
class Rule:
    action: str
    actors: tuple[str, ...]
    objects: tuple[str, ...]
    purposes: tuple[str, ...]
    outcomes: tuple[int, ...]
    reasons: tuple[str, ...]
    records_statement: bool


def _rules(table: str) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for row in table.strip().splitlines():
        event, action, *lists = (cell.strip() for cell in row.split("|"))
        actors, objects, purposes, outcomes = (tuple(cell.split()) for cell in lists)
        name = event.removesuffix(" +")
        reasons = tuple(REASONS.get(name, "").split())
        numbers = tuple(map(int, outcomes))
        rules[name] = Rule(action, actors, objects, purposes, numbers, reasons, name != event)
    return rules


RULES = {"keys": _rules(KEYS), "transport": _rules(TRANSPORT), "access": _rules(ACCESS)}


def check(leaf: Any, tree: str) -> None:
    """Refuses what may not stand in a tree of this kind."""
    forms.check(leaf, LEAF)
    rule = RULES[tree].get(leaf["type"])
    if rule is None or not _fits(leaf, rule) or not _names_fit(leaf, tree):
        raise Malformed("malformed")
    if ("recovery" in leaf) != (leaf["type"] == "tree.recovered"):
        raise Malformed("malformed")
    if "recovery" in leaf and not _recovery_fits(leaf, tree):
        raise Malformed("malformed")


def _recovery_fits(leaf: dict[str, Any], tree: str) -> bool:
    """The object is the tree that was found; what is missing was signed under it or later."""
    recovery, found = leaf["recovery"], leaf["object"]["id"]
    forms.check(found, forms.TREE)
    for head in (recovery["found"], recovery.get("missing", recovery["found"])):
        is_empty = head["root"] == hashlib.sha256().hexdigest()
        if head["size"] >= 2**40 or (head["size"] == 0 and not is_empty):
            return False
    missing = recovery.get("missingFrom", found)
    return (
        found.split("/")[2] == tree
        and ("missing" in recovery) == ("missingFrom" in recovery)
        and (missing == found or is_newer(missing, found))
    )


def is_newer(tree: str, other: str) -> bool:
    """Whether a tree goes by the name of one that went on from the other, or from its
    successor."""
    (name, recovery), (first, earlier) = _named(tree), _named(other)
    return name == first and recovery > earlier


def _named(tree: str) -> tuple[str, int]:
    name, _, recovery = tree.rpartition("/")[2].partition(".")
    return tree.rpartition("/")[0] + "/" + name, int(recovery or 0)


def _fits(leaf: dict[str, Any], rule: Rule) -> bool:
    has_reason = "reason" in leaf
    return (
        leaf["action"] == rule.action
        and leaf["outcome"] in rule.outcomes
        and (has_reason or leaf["outcome"] == 0)
        and (not has_reason or not rule.reasons or leaf["reason"] in rule.reasons)
        and leaf["actor"]["kind"] in rule.actors
        and ("purpose" not in leaf or leaf["purpose"] in rule.purposes)
        and leaf["object"]["kind"] in rule.objects
        and ("statementSha256" in leaf or not rule.records_statement)
    )


def _names_fit(leaf: dict[str, Any], tree: str) -> bool:
    """Whoever may not be named stands as a commitment, and nobody else does."""
    about = leaf["object"]
    is_committed = about["kind"] in COMMITTED[tree]
    forms.check(about["id"], is_32_bytes if is_committed else "[A-Za-z0-9._:/-]{1,128}")
    if "peer" in leaf:
        forms.check(leaf["peer"], is_32_bytes if tree == "transport" else ANY_PARTY)
    return not (is_committed and "sha256" in about)


def committed(leaf: dict[str, Any], tree: str, field: str) -> str | None:
    """What a leaf that was checked holds in the place of this value."""
    about = leaf["object"]
    found = {name: leaf.get(name) for name in ("patient", "consent", "network", "details")}
    found["actorName"] = leaf["actor"].get("commitment")
    found["object"] = about["id"] if about["kind"] in COMMITTED[tree] else None
    found["peer"] = leaf.get("peer") if tree == "transport" else None
    return found.get(field)
