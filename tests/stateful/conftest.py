"""Stacks in a local Bedrock, and nothing that pauses in real time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pulumi_bedrock.aws.pacing import Pace
from pulumi_bedrock.host import base_provider as host
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.exceptions import ValidationException
from pulumi_bedrock.local.models import BedrockBackend
from stateful.in_process import connect, without_http
from stateful.killing import Killer
from stateful.stacks import ELSEWHERE, StackInAccount


@pytest.fixture
def make_stack(
    local_bedrock: LocalBedrock, local_bedrock_in_environment: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], StackInAccount]]:
    """Makes a stack in an account that is empty: of those made, only the last counts."""
    # After a throttled answer, calls are paced in real time. These tests are about the waits, whose clock is simulated.
    monkeypatch.setattr(Pace, "register", lambda _pace, _client: None)
    # Each host looks through all objects for the pool that it runs in; there is none here.
    monkeypatch.setattr(host, "widen_thread_pool", lambda: False)
    killer = Killer()
    made_of: dict[str, dict[str, Any]] = {}
    create = BedrockBackend.create_custom_model

    def create_and_note(backend: BedrockBackend, parameters: dict[str, Any], **options: Any) -> str:
        if backend.account_id not in parameters["roleArn"]:
            raise ValidationException("Cross-account pass role is not allowed.")
        arn = create(backend, parameters, **options)
        made_of.setdefault(arn, parameters)  # a repeated token makes none
        return arn

    monkeypatch.setattr(BedrockBackend, "create_custom_model", create_and_note)

    def watch(client: Any) -> None:
        connect(client, local_bedrock)
        killer.watch(client)

    clients, elsewhere = StackInAccount.shared_clients(watch), StackInAccount.shared_clients(watch, ELSEWHERE)
    with without_http(local_bedrock):
        yield lambda: StackInAccount(local_bedrock, clients, elsewhere, killer, made_of)
    # The provider takes the frames out of all tracebacks of its process; this process is pytest's.
    vars(sys).pop("tracebacklimit", None)


@pytest.fixture
def stack(make_stack: Callable[[], StackInAccount]) -> StackInAccount:
    """One stack."""
    return make_stack()
