"""Makes the golden files again from real previews: needs a Pulumi CLI, as the tests in `tests/engine` do.

PULUMI_BEDROCK_CLI_BIN=$PWD/.tools/bin .venv/bin/python tests/preview_comment/make_goldens.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

REMAKE = "PULUMI_BEDROCK_REMAKE_GOLDENS"

if __name__ == "__main__":
    os.environ[REMAKE] = "1"
    sys.exit(pytest.main([str(Path(__file__).parents[1] / "engine/test_preview_comment.py"), "-q"]))
