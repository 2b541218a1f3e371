"""`python -m proofs_numeric.check_certificate FILE...`: exit code 0 if all are verified, 1 rejected, 2 unreadable."""

import json
import pathlib
import sys
from collections.abc import Sequence
from typing import Any

from proofs_numeric.check_certificate.formulas import Malformed
from proofs_numeric.check_certificate.verification import Rejected, verify

VERIFIED, REJECTED, UNREADABLE = 0, 1, 2
DEEPEST_FORMULA = 100_000


def _distinct(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; with a field given twice, readers and programs would see different certificates."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise Malformed("a field is given twice")
    return content


def judged(name: str) -> tuple[int, str]:
    """Exit code of one file and the line that is printed for it."""
    try:
        found = verify(json.loads(pathlib.Path(name).read_text(encoding="utf-8"), object_pairs_hook=_distinct))
    except Rejected as reason:
        return REJECTED, f"{name}: rejected: {reason}"
    except (Malformed, ValueError, OSError) as reason:
        return UNREADABLE, f"{name}: unreadable: {reason}"
    counted = f"{found.instances} instance{'s' * (found.instances > 1)}"
    boxes = f", {found.boxes} box{'es' * (found.boxes > 1)}" if found.boxes else ""
    return VERIFIED, f"{name}: verified: {found.claim} {found.status}, {counted}{boxes}"


def main(names: Sequence[str]) -> int:
    """Judge all files; a rejection weighs more than a file that cannot be read."""
    if not names:
        print("usage: python -m proofs_numeric.check_certificate FILE...", file=sys.stderr)
        return UNREADABLE
    sys.setrecursionlimit(DEEPEST_FORMULA)
    codes = []
    for name in names:
        code, line = judged(name)
        print(line)
        codes.append(code)
    return next((code for code in (REJECTED, UNREADABLE) if code in codes), VERIFIED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
