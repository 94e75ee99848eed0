"""No deployment is lost in random sequences of commands and faults. The sequences are the same on every run.

`docs/testing.md` says how many sequences which run has. More of them, and others:

    PULUMI_BEDROCK_SEQUENCES=20000 PULUMI_BEDROCK_SEED=7 .venv/bin/python -m pytest tests/stateful -n 2
"""

from __future__ import annotations

import os
from collections.abc import Callable

import hypothesis
import pytest
from hypothesis.stateful import run_state_machine_as_test
from stateful.machine import Sequences
from stateful.stacks import StackInAccount

SEQUENCES = int(os.environ.get("PULUMI_BEDROCK_SEQUENCES", "200"))
SEED = int(os.environ.get("PULUMI_BEDROCK_SEED", "0"))
PARTS = 4
"""So that several tests run at a time."""
STEPS = 6
PHASES = [hypothesis.Phase.generate] + [hypothesis.Phase.shrink] * (os.environ.get("PULUMI_BEDROCK_SHRINK") == "1")
"""A failing sequence is shown as it was generated. `PULUMI_BEDROCK_SHRINK=1` shortens it first, which takes minutes."""


@pytest.mark.parametrize("part", range(PARTS))
def test_random_sequences_lose_no_deployment(make_stack: Callable[[], StackInAccount], part: int) -> None:
    machine = hypothesis.seed(SEED * PARTS + part)(
        type("Sequences", (Sequences,), {"make_stack": staticmethod(make_stack)})
    )
    settings = hypothesis.settings(
        max_examples=-(-SEQUENCES // PARTS),
        stateful_step_count=STEPS,
        deadline=None,
        phases=PHASES,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    run_state_machine_as_test(machine, settings=settings)
