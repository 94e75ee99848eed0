"""A main job whose CLI doesn't work: it failed, and the report says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi_bedrock.local import LocalBedrock

from acceptance.account import Account
from acceptance.exchanges import Exchanges
from acceptance.ledger import Ledger
from acceptance.main_job import MainJob


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "#!/bin/sh\necho 'error: the backend is not there' >&2\nexit 255\n",
            "stack failed: error: the backend is not",
        ),
        (None, "stack did not start: "),
    ],
)
def test_main_job_without_a_stack_has_failed(
    local_bedrock_in_environment: None,
    local: LocalBedrock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    script: str | None,
    said: str,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if script:
        tmp_path.joinpath("pulumi").write_text(script)
        tmp_path.joinpath("pulumi").chmod(0o755)
    ledger = Ledger.start(tmp_path, region="us-east-1", account="123456789012")
    job = MainJob(Account(model, Exchanges()), ledger, tmp_path / "job", [], lambda _line: None)

    job.run(other_model=None)

    assert not job.worked
    assert job.steps[0].said.startswith(f"pulumi {said}")
