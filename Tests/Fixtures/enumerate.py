"""Tries numbers against every database below a folder, as a thief without keys would.

    enumerate.py FOLDER FIRST COUNT CONTROL

Each of COUNT ten-digit numbers from FIRST on is hashed as a careless log would have done it: alone,
and as a commitment without a salt. What is found in any table, as bytes, base64url or hexadecimal
digits, is printed. CONTROL is a number that is looked for as if the folder had both hashes of it.
"""

import base64
import hashlib
import hmac
import multiprocessing
import pathlib
import re
import sqlite3
import sys

TOKEN = re.compile(rb"[A-Za-z0-9_-]{22,64}")
COMMITMENT = hmac.new(b"", b"renkei-commitment-v1\0patient\0", hashlib.sha256)
HEAD = 8


def hashes(number):
    value = b"%010d" % number
    code = COMMITMENT.copy()
    code.update(value)
    return hashlib.sha256(value).digest()[:HEAD], code.digest()[:HEAD]


def kept(folder):
    """The beginnings of whatever in the databases could be a hash."""
    found = set()
    for path in pathlib.Path(folder).rglob("*.db"):
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        database.text_factory = bytes
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table.decode()}"'):
                for value in row:
                    if isinstance(value, bytes):
                        found.update(beginnings(value))
        database.close()
    return found


def beginnings(value):
    yield value[:HEAD]
    for token in TOKEN.findall(value):
        if re.fullmatch(rb"[0-9a-f]{32,64}", token):
            yield bytes.fromhex(token[: HEAD * 2].decode())
        yield base64.urlsafe_b64decode(token[:12])[:HEAD]


def search(first, count):
    return [n for n in range(first, first + count) if not KEPT.isdisjoint(hashes(n))]


def main():
    global KEPT
    folder, first, count, control = sys.argv[1], *map(int, sys.argv[2:])
    KEPT = kept(folder)
    print("values", len(KEPT))
    KEPT.update(hashes(control))
    step = max(1, min(count, 1_000_000))
    parts = [(n, min(step, first + count - n)) for n in range(first, first + count, step)]
    pool = multiprocessing.Pool()
    for found in pool.starmap(search, parts, chunksize=1):
        for number in found:
            print("found", number)
    # Workers end by themselves: whoever has started this may have blocked the signal to end.
    pool.close()
    pool.join()


if __name__ == "__main__":
    main()
