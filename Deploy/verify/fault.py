"""What does not hold, and where: the one thing that a check may end with besides success."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from canonical import Malformed

SAID = {
    "notCanonical": "決まった形式のファイルではありません",
    "listDiffers": "一覧に書かれた内容と異なります",
    "missing": "必要なファイルがありません",
    "notListed": "一覧にないファイルです",
    "unknownFile": "このファイルにあるはずのない名前です",
    "textDiffers": "検証手順の文面が決められたものと異なります",
    "malformed": "決まった形式ではありません",
    "wrongRoot": "このルート証明書の交換所のものではありません",
    "untrusted": "署名した鍵の証明書を信頼できません（経路・期間・失効）",
    "badSignature": "署名が合いません",
    "wrongSigner": "署名すべき者の署名ではありません",
    "wrongChain": "前の文書とつながりません",
    "contentDiffers": "内容が署名されたものと異なります",
    "commitmentDiffers": "示された氏名などが受領証や記録と合いません",
    "proofFails": "記録（ログ）にあることの証明が成り立ちません",
    "promiseBroken": "記録（ログ）に載せる期限を過ぎても証明がありません",
    "periodDiffers": "期間の前後まで示されていません",
    "notWitnessed": "証人の検印がないか、足りません",
}


class Fault(Exception):
    """`file` is the name inside the evidence file; `archive` the evidence file itself."""

    def __init__(self, file: str, code: str) -> None:
        super().__init__(file, code)
        self.file = file
        self.code = code

    @property
    def summary(self) -> str:
        return SAID[self.code]


@contextlib.contextmanager
def named(file: str, code: str) -> Iterator[None]:
    """Says of what has no accepted form which file it is."""
    try:
        yield
    except Malformed:
        raise Fault(file, code) from None
