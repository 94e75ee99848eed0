"""Keeps what may be secret out of messages.

Pulumi doesn't tell a dynamic provider which inputs are secret, so every description, tag value and prompt is treated
as one. AWS repeats rejected values in its messages, hence this works on AWS's text, not only on ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

__all__ = ["CUT", "Redaction"]

CUT = "[withheld]"


class Redaction:
    """Cuts `private` strings out of a text, and leaves `public` ones as they are.

    Public ones are the words a message can't do without, such as the deployment's name: a tag `app=support-bot` must
    not eat half of `support-bot-1a2b3c4`. Where both fit, the longer one decides.
    """

    def __init__(self, *, private: Iterable[str] = (), public: Iterable[str] = ()) -> None:
        keep = {text for text in public if text}
        hide = {form for text in private if text.strip() for form in _spellings(text)} - keep
        longest_first = sorted(keep | hide, key=lambda text: (-len(text), text))
        self._keep = keep
        self._pattern = re.compile("|".join(_whole(text) for text in longest_first)) if hide else None

    def __call__(self, text: str) -> str:
        """The text with every private string replaced by `CUT`."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: match[0] if match[0] in self._keep else CUT, text)


def _spellings(text: str) -> set[str]:
    """A text as it stands, as JSON and as Python would quote it, and with white space folded as messages are."""
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
    return {form for spelled in forms for form in (spelled, spelled.strip(), " ".join(spelled.split()))}


def _whole(text: str) -> str:
    """A pattern for the text, but not inside a longer word: the value `a` must not empty a whole message."""
    before = r"(?<![0-9A-Za-z])" if text[0].isalnum() else ""
    after = r"(?![0-9A-Za-z])" if text[-1].isalnum() else ""
    return before + re.escape(text) + after
