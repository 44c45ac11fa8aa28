#!/usr/bin/env python3
"""Checks an exported period of a log of Renkei: a second implementation beside `renkei audit
verify`, written from `Schemas/audit-log.md` and needing Python 3.11 and the `openssl` command
alone.

    python3 audit.py 監査.renkei --root root.pem

Exit code 0: everything holds in every file; 1: something does not, and is named; 2: nothing could be judged.
"""

from __future__ import annotations

import argparse
import io
import re
import signal
import sys
from datetime import datetime, timedelta

import certificates
import forms
import listing
import openssl
from bundle import Bundle, Facts
from canonical import Malformed
from evidence import bytes_of, json_text, reason, root_of
from fault import Fault
from trust import Trust


def main() -> int:
    parser = argparse.ArgumentParser(description="Renkei の期間の記録を確かめます。")
    parser.add_argument("files", nargs="+", metavar="FILE", help="audit bundle のファイル")
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


def _told(path: str, root: certificates.Certificate, is_json: bool) -> bool:
    """Says what the file proves, or the first check that fails: all after it would rest on it."""
    try:
        facts = Bundle(bytes_of(path, listing.ARCHIVE_BYTES), Trust(root)).verify()
    except Fault as fault:
        failure = {"bundle": path, "holds": False, "file": fault.file, "code": fault.code}
        shown = re.sub(forms.STEERING, "\ufffd", path)
        line = f"✗ {shown}: {fault.file}: {fault.summary} [{fault.code}]"
        print(json_text(failure) if is_json else line)
        return False
    print(_json(path, facts) if is_json else "\n".join(_lines(facts)))
    return facts.complete


def _json(path: str, facts: Facts) -> str:
    from_day, to_day = facts.period
    return json_text({
        "bundle": path, "holds": True, "complete": facts.complete, "origin": facts.origin, "by": facts.by,
        "name": facts.name, "from": from_day, "to": to_day, "first": facts.first,
        "last": facts.last, "size": facts.size, "entries": facts.entries,
        "before": facts.before, "after": facts.after, "witnesses": facts.witnesses,
        "openings": facts.openings,
        "committed": None if facts.openings is None else facts.committed,
    })


def _lines(facts: Facts) -> list[str]:
    # A name may hold anything; it must not steer the terminal.
    name = re.sub(forms.STEERING, "\ufffd", facts.name or facts.by)
    lines = [
        f"✓ 記録: {name}（{facts.origin}）",
        f"✓ 署名: 記録の鍵による要約（{facts.size} 件）",
    ]
    lines += [f"✓ 証人: {one['name']}  {_time(one['at'])}" for one in facts.witnesses]
    if not facts.witnesses:
        lines.append("△ 証人の検印はありません")
    days = "〜".join(facts.period)
    if facts.end_shown:
        lines.append(f"✓ 期間: {days} の {facts.entries} 件、抜け・入れ替え・書き換えなし")
    else:
        lines.append(f"△ 期間: {days} の {facts.entries} 件、終わりは示されていません")
    if facts.before is None:
        lines.append("✓ 始まり: 記録の最初から")
    else:
        lines.append(f"✓ 始まり: 直前の記録は {facts.first} 番、{_time(facts.before)}")
    if facts.after is None and facts.end_shown:
        lines.append("✓ 終わり: 要約の最後まで（証人が期間の後に確かめています）")
    elif facts.after is None:
        lines.append(
            "△ 終わり: 要約の最後まで（その後に書かれた記録は、このファイルでは分かりません）"
        )
    else:
        lines.append(f"✓ 終わり: 直後の記録は {facts.last} 番、{_time(facts.after)}")
    if facts.openings is not None:
        mark = "✓" if facts.openings == facts.committed else "△"
        lines.append(
            f"{mark} 氏名などの値: {facts.committed} 件中 {facts.openings} 件、記録と一致"
        )
    return lines


def _time(text: str) -> str:
    """In Japan, as `renkei` shows it."""
    try:
        time = datetime.fromisoformat(text) + timedelta(hours=9)
    except OverflowError:
        return text
    return time.strftime("%Y-%m-%d %H:%M:%S JST")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
