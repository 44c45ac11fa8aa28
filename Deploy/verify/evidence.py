#!/usr/bin/env python3
"""Checks evidence files of Renkei: a second implementation beside `renkei verify`, written from
`Schemas/envelope.md` 9 and needing Python 3.11 and the `openssl` command alone.

    python3 evidence.py 証拠.renkei --root root.pem

Exit code 0: everything holds in every file; 1: something does not, and is named; 2: nothing could
be judged. Which add-on a delivery earns is not computed here.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import pathlib
import re
import signal
import sys
import time
from typing import Any

import certificates
import forms
import listing
import openssl
from canonical import Malformed
from delivery import Delivery, Fact
from fault import Fault
from trust import Trust

WORDS = {
    "sent": "送信", "accepted": "受付", "delivered": "到達", "refused": "受取拒否",
    "opened": "開封", "confirmed": "確認", "expired": "期限切れ", "undeliverable": "不達",
    "withdrawal": "取り下げ", "neverReleased": "取り下げ済み（渡していない）",
    "released": "取り下げ前に渡した", "neverOpened": "取り下げ済み（未開封）",
    "alreadyOpened": "取り下げ前に開封", "disclosed": "対応した人", "content": "内容",
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Renkei の証拠ファイルを確かめます。")
    parser.add_argument("files", nargs="+", metavar="FILE", help="証拠ファイル（.renkei）")
    parser.add_argument("--root", required=True, metavar="PEM", help="交換所のルート証明書")
    parser.add_argument("--json", action="store_true", help="1 行に 1 つの JSON で示す")
    chosen = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        root = root_of(chosen.root)
        outcomes = [_told(path, root, chosen.json) for path in chosen.files]
    except (OSError, Malformed, openssl.NoOpenSSL) as error:
        print(f"判定できません: {reason(error)}", file=sys.stderr)
        return 2
    return 0 if all(outcomes) else 1


def root_of(path: str) -> certificates.Certificate:
    found = certificates.certificates_of_pem(bytes_of(path, certificates.LIST_BYTES))
    if [one.profile.name for one in found] != ["root"]:
        raise Malformed("root")
    return found[0]


def bytes_of(path: str, limit: int) -> bytes:
    """One more than the limit shows that there is more."""
    with pathlib.Path(path).open("rb") as file:
        return file.read(limit + 1)


def _told(path: str, root: certificates.Certificate, is_json: bool) -> bool:
    """Says what the file proves, or the first check that fails: all after it would rest on it."""
    try:
        data = bytes_of(path, listing.ARCHIVE_BYTES)
        facts = Delivery(data, Trust(root), time.time_ns() // 1_000_000).verify()
    except Fault as fault:
        failure = {"evidence": path, "holds": False, "file": fault.file, "code": fault.code}
        line = f"✗ {path}: {fault.file}: {fault.summary} [{fault.code}]"
        print(json_text(failure) if is_json else line)
        return False
    for fact in facts:
        print(json_text({"evidence": path, **dataclasses.asdict(fact)}) if is_json else _line(fact))
    return True


def _line(fact: Fact) -> str:
    mark = "✓" if fact.proved else "（証明なし）"
    # A name may hold anything; it must not steer the terminal.
    person = re.sub(forms.STEERING, "\ufffd", fact.person or "")
    cells = [mark, WORDS[fact.fact], fact.at, fact.name or fact.by, person, fact.file]
    return "  ".join(cell for cell in cells if cell)


def json_text(members: dict[str, Any]) -> str:
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, sort_keys=True)


def reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, openssl.NoOpenSSL):
        return "openssl コマンドがありません"
    return "ルート証明書が決まった形式ではありません"


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
