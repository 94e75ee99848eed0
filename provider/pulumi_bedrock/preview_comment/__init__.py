"""One Markdown comment for a pull request, from what `pulumi preview --json` says.

A text tool and nothing else: it needs neither Pulumi nor AWS, and takes any stack's preview. Of custom model
deployments it knows more than the preview says: whether something stops serving, and who has to follow a new ARN.

All that it reads, names and messages included, may come from whoever opened the pull request: see `markdown`.
"""

from __future__ import annotations

from .comment import comment
from .preview import MalformedPreview

__all__ = ["MalformedPreview", "comment"]
