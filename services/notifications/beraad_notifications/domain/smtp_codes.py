"""The code in what a mail server said."""

from __future__ import annotations

import re

CODE = re.compile(r"(?:gave up: )?([245]\d\d)(?:[ -]|\Z)")
NONE = "none"


def code_of(told: str) -> str:
    """Such as `250` or `451`; `none` where no mail server answered."""
    found = CODE.match(told)
    return found[1] if found else NONE
