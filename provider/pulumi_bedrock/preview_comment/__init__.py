"""Turn the event stream of `pulumi preview --json` into one Markdown comment for a pull request.

It only converts text: it needs neither Pulumi nor AWS, and accepts any stack's preview. For custom model deployments
it adds facts that the preview lacks: whether a deployment stops serving, and which resources need the new ARN.

The author of the pull request controls the input, including names and messages: see `markdown`.
"""

from __future__ import annotations

from .comment import comment
from .interrupted import MalformedState
from .preview import MalformedPreview

__all__ = ["MalformedPreview", "MalformedState", "comment"]
