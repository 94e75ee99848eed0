"""A local Amazon Bedrock on moto, for tests and trials, with adjustable activation times and injected faults.

It is a package of its own, for the extra ``local``: moto is large, and a program that deploys doesn't need it.
moto's S3, IAM, SSM, STS and other services answer on the same endpoint.
"""

from __future__ import annotations

try:
    # Only to see whether they are there; the second is the last thing that moto's extra "server" brings.
    import flask_cors as _flask_cors  # noqa: F401
    import moto as _moto  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError(
        f"pulumi_bedrock.local needs moto's server, and {error.name} is missing: pip install 'pulumi-bedrock[local]'"
    ) from None

from .local_bedrock import LocalBedrock

__all__ = ["LocalBedrock"]
