"""A local Amazon Bedrock on moto, for tests and trials, with adjustable activation times and injected faults.

It is a package of its own, for the extra ``local``: moto is large, and a program that deploys doesn't need it.
moto's S3, IAM, SSM, STS and other services answer on the same endpoint.
"""

from __future__ import annotations

import sys

try:
    # Imported only as a check; flask_cors is the last package that moto's own extra "server" installs.
    import flask_cors as _flask_cors  # noqa: F401
    import moto as _moto  # noqa: F401
except ModuleNotFoundError as error:
    # Where this package is installed, from a registry, a wheel or a folder, pip adds only what the extra needs.
    _message = (
        f"pulumi_bedrock.local needs moto's server, and {error.name} is not installed. "
        "Run: python -m pip install 'pulumi-bedrock[local]'"
    )
    if sys.argv[0] == "-m":  # `python -m pulumi_bedrock.local`: Python would show a traceback
        sys.exit(f"error: {_message}")
    raise ImportError(_message) from None

from .local_bedrock import LocalBedrock

__all__ = ["LocalBedrock"]
