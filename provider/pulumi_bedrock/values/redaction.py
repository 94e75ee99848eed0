"""Remove values that may be secret from messages.

Pulumi doesn't tell a dynamic provider which inputs are secret, so every description, tag value and prompt counts as
secret. AWS repeats rejected values in its messages, so this is applied to AWS's text too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cached_property

__all__ = ["CUT", "Redaction"]

CUT = "[redacted]"


class Redaction:
    """Replaces `private` strings in a text, and keeps `public` ones.

    Public strings are those that a message needs, such as the deployment's name: a tag `app=support-bot` must not
    remove half of `support-bot-1a2b3c4`. Where a private and a public string both match, the longer one wins.
    """

    def __init__(self, *, private: Iterable[str] = (), public: Iterable[str] = ()) -> None:
        self._public = {text for text in public if text}
        self._private = {text for text in private if text.strip()}

    def keeping(self, text: str) -> Redaction:
        """Return this redaction with one more public string."""
        return Redaction(private=self._private, public={*self._public, text})

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """The pattern of all strings, made when the first message needs it: most operations have none."""
        hidden = {form for text in self._private for form in _spellings(text)} - self._public
        longest_first = sorted(self._public | hidden, key=lambda text: (-len(text), text))
        return re.compile("|".join(_whole(text) for text in longest_first)) if hidden else None

    def __call__(self, text: str) -> str:
        """Return the text with every private string replaced by `CUT`."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: match[0] if match[0] in self._public else CUT, text)


def _spellings(text: str) -> set[str]:
    """Return a text as it is, as JSON and Python would quote it, and with its white space folded as in messages."""
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
    return {form for spelled in forms for form in (spelled, spelled.strip(), " ".join(spelled.split()))}


def _whole(text: str) -> str:
    """Return a pattern for the text as a whole word: the value `a` must not match inside other words."""
    before = r"(?<![0-9A-Za-z])" if text[0].isalnum() else ""
    after = r"(?![0-9A-Za-z])" if text[-1].isalnum() else ""
    return before + re.escape(text) + after
