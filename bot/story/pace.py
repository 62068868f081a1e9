"""The story's own policy file: the numbers of the county, and a messenger in a hurry.

The Bot API on loopback sets no limits; so as not to wait a second between two messages to the same
person, the story sends as fast as the policy lets anybody.
"""

from __future__ import annotations

import re
from pathlib import Path

PACE = {"messages_a_second": 1000, "chat_messages_a_second": 10}
SECTION = "[limits]"


def own_policy(folder: Path, given: Path | None) -> Path:
    """Write the policy for this story: `given`, or the defaults, at its own pace."""
    text = given.read_text(encoding="utf-8") if given else ""
    for key in PACE:
        text = re.sub(rf"(?m)^{key}\s*=.*\n?", "", text)
    lines = "\n".join(f"{key} = {value}" for key, value in PACE.items())
    if SECTION in text:
        text = text.replace(SECTION, f"{SECTION}\n{lines}", 1)
    else:
        text = f"{text}\n{SECTION}\n{lines}\n"
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path
