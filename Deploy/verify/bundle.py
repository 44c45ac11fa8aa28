"""A period of a log as a bundle proves it (`Schemas/audit-log.md` 5b)."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from typing import Any

import canonical
import catalogue
import forms
import listing
import log
from canonical import Malformed
from fault import Fault, named
from forms import KEY, MEMBER, is_count, is_day, one_of
from trust import Trust

DAY = 86_400_000
CLOCK_SKEW = 300_000
LEAVES, OPENINGS = 100_000, 1_000_000
OPENING_BYTES = 64 * 1024
ORDER = (
    "leaves.jsonl", "openings.jsonl", "range-proof", "checkpoint", "chain.pem",
    f"crl-({KEY}).pem", "policy.der", f"membership-({MEMBER}).der",
)
LIST = {
    "version": one_of(1), "type": one_of("auditBundle"), "origin": forms.TREE, "from": is_day,
    "to": is_day, "first": is_count, "last": is_count, "size": is_count, "files": listing.FILES,
}
FIELDS = (
    "actorName", "actorRole", "desk", "peer", "object", "patient", "consent", "network", "details",
)
OPENING = {
    "index": is_count, "salt": forms.is_32_bytes, "value": forms.TEXT, "field": one_of(*FIELDS),
}


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is proved; `before` and `after` are the times of the leaves on both sides."""

    origin: str
    by: str
    name: str | None
    period: tuple[str, str]
    first: int
    last: int
    size: int
    entries: int
    before: str | None
    after: str | None
    witnesses: list[dict[str, str]]
    openings: int | None
    committed: int
    end_shown: bool

    @property
    def complete(self) -> bool:
        """To the end of the period, and with every value where values were asked for."""
        return self.end_shown and self.openings in (None, self.committed)


class Bundle:
    def __init__(self, data: bytes, trust: Trust) -> None:
        self.head, self.files = listing.files(data, "audit.json", LIST, ORDER)
        with named("audit.json", "malformed"):
            head = self.head
            if head["from"] > head["to"] or not head["first"] <= head["last"] < head["size"]:
                raise Malformed("malformed")
        self.origin, self.first = head["origin"], head["first"]
        self.tree = self.origin.split("/")[2]
        self.trust = trust

    def verify(self) -> Facts:
        self.trust.believe(self.files)
        by = self.origin.split("/")[3] if self.tree == "access" else self.trust.exchange
        for name in self.files:
            if name.startswith("membership-") and name != f"membership-{by}.der":
                raise Fault(name, "wrongSigner")
        checkpoint = self._checkpoint(self.trust.log_key(self.origin, by))
        witnesses = self._witnesses(checkpoint)
        leaves = self._leaves(checkpoint)
        # Nobody has seen a leaf before it was written.
        seen = [forms.milliseconds(one["at"]) for one in witnesses]
        if any(forms.milliseconds(leaves[-1]["at"]) > at + CLOCK_SKEW for at in seen):
            raise Fault("leaves.jsonl", "wrongChain")
        before, entries, after = self._split(leaves)
        end_shown = after is not None or any(at >= self._end for at in seen)
        committed = sum(
            1 for leaf in leaves if self._is_of_period(leaf) for field in FIELDS
            if catalogue.committed(leaf, self.tree, field)
        )
        membership = self.trust.memberships.get(by)
        return Facts(
            self.origin, by, membership.body["displayName"] if membership else None,
            (self.head["from"], self.head["to"]), self.first, self.head["last"],
            self.head["size"], entries, before, after, witnesses, self._openings(leaves),
            committed, end_shown,
        )

    def _file(self, name: str) -> bytes:
        if name not in self.files:
            raise Fault(name, "missing")
        return self.files[name]

    def _checkpoint(self, key: bytes) -> log.Checkpoint:
        """Of this tree and size, signed by the log."""
        name = "checkpoint"
        with named(name, "malformed"):
            found = log.read_checkpoint(self._file(name))
        if (found.origin, found.size) != (self.origin, self.head["size"]):
            raise Fault(name, "contentDiffers")
        own = found.line_of(key)
        if own is None:
            raise Fault(name, "wrongSigner")
        if not found.is_signed_by(key) or found.lines[0] != own:
            raise Fault(name, "badSignature")
        return found

    def _witnesses(self, checkpoint: log.Checkpoint) -> list[dict[str, str]]:
        """Every other line is one of a witness, holds, and is the only one of it."""
        keys = self._witness_keys()
        found = []
        for line in checkpoint.lines[1:]:
            key = keys.pop(line[0], None)
            at = checkpoint.cosigned_at(line, key) if key else None
            if at is None:
                raise Fault("checkpoint", "badSignature")
            time = datetime.fromtimestamp(at, timezone.utc)
            found.append({"name": line[0], "at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
        if not self._is_witnessed({one["name"] for one in found}):
            raise Fault("checkpoint", "notWitnessed")
        return found

    def _is_witnessed(self, names: set[str]) -> bool:
        """Whoever holds the log's key could sign any other log as well."""
        policy = self.trust.policy
        if self.tree == "access" or policy is None:
            return bool(names)
        votes = [one["votes"] for one in policy.body["witnesses"] if one["name"] in names]
        return sum(votes) >= policy.body["quorum"]

    @property
    def _start(self) -> int:
        return forms.midnight_in_japan(self.head["from"])

    @property
    def _end(self) -> int:
        return forms.midnight_in_japan(self.head["to"]) + DAY

    def _witness_keys(self) -> dict[str, bytes]:
        """Of a member's log the exchange, with its log's key; else whom the policy names."""
        policy = self.trust.policy
        if policy is None:
            return {}
        if self.tree == "access":
            logs = policy.body["logs"][-1:]
            named_keys = [(f"{self.origin.split('/')[0]}/witness", one) for one in logs]
        else:
            named_keys = [(one["name"], one) for one in reversed(policy.body["witnesses"])]
        return {name: forms.octets(one["publicKey"]) or b"" for name, one in named_keys}

    def _leaves(self, checkpoint: log.Checkpoint) -> list[dict[str, Any]]:
        """All that stand at the indices, and none but them, in the order of their times."""
        name = "leaves.jsonl"
        with named(name, "malformed"):
            lines = log.lines(self._file(name), LEAVES)
            leaves = [canonical.read(line, log.LEAF_BYTES) for line in lines]
            for leaf in leaves:
                catalogue.check(leaf, self.tree)
        if len(leaves) != self.head["last"] - self.first + 1:
            raise Fault(name, "contentDiffers")
        with named("range-proof", "malformed"):
            flanks = log.hash_lines(self._file("range-proof"))
        with named("range-proof", "proofFails"):
            log.prove_range(lines, self.first, checkpoint, flanks)
        times = [leaf["at"] for leaf in leaves]
        if times != sorted(times):
            raise Fault(name, "wrongChain")
        for index, leaf in enumerate(leaves, self.first):
            if "recovery" in leaf and not self._is_placed(leaf, index):
                raise Fault(name, "wrongChain")
        return leaves

    def _is_placed(self, leaf: dict[str, Any], index: int) -> bool:
        """A leaf by which the log went on from an older copy stands right behind that copy."""
        recovery = leaf["recovery"]
        missing = recovery.get("missingFrom", leaf["object"]["id"])
        is_newer = catalogue.is_newer(self.origin, missing)
        return recovery["found"]["size"] == index and is_newer

    def _split(self, leaves: list[dict[str, Any]]) -> tuple[str | None, int, str | None]:
        """The time before the period, how many leaves it has, and the time after it. A side
        without a leaf is where the log itself begins or ends."""
        before = [leaf["at"] for leaf in leaves if forms.milliseconds(leaf["at"]) < self._start]
        after = [leaf["at"] for leaf in leaves if forms.milliseconds(leaf["at"]) >= self._end]
        begins, ends = self.first == 0, self.head["last"] == self.head["size"] - 1
        if not (len(before) == 1 or (begins and not before)):
            raise Fault("leaves.jsonl", "periodDiffers")
        if not (len(after) == 1 or (ends and not after)):
            raise Fault("leaves.jsonl", "periodDiffers")
        entries = len(leaves) - len(before) - len(after)
        return next(iter(before), None), entries, next(iter(after), None)

    def _openings(self, leaves: list[dict[str, Any]]) -> int | None:
        """How many values were given, each the one that its leaf commits to."""
        name = "openings.jsonl"
        if name not in self.files:
            return None
        last = (-1, "")
        with named(name, "malformed"):
            lines = log.lines(self.files[name], OPENINGS)
        for line in lines:
            with named(name, "malformed"):
                opening = canonical.read(line, OPENING_BYTES)
                forms.check(opening, OPENING)
                place = (opening["index"], opening["field"])
                if place <= last:
                    raise Malformed("malformed")
            last = place
            leaf = self._at(opening["index"], leaves)
            held = leaf and catalogue.committed(leaf, self.tree, opening["field"])
            if not held or held != log.commitment(opening["field"], opening):
                raise Fault(name, "commitmentDiffers")
        return len(lines)

    def _at(self, index: int, leaves: list[dict[str, Any]]) -> dict[str, Any] | None:
        """A leaf of the period: of those on both sides nobody has asked for a value."""
        if not self.first <= index <= self.head["last"]:
            return None
        leaf = leaves[index - self.first]
        return leaf if self._is_of_period(leaf) else None

    def _is_of_period(self, leaf: dict[str, Any]) -> bool:
        return self._start <= forms.milliseconds(leaf["at"]) < self._end
