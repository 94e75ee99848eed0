"""What a scenario is about: a deployment or a custom model. One test shows what happens to either.

`@both` runs a test for both kinds, with the fixtures `kind` and `subject`. A test without it is about deployments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from botocore import xform_name
from engine.stack import DEPLOYMENT as DEPLOYMENT_TYPE
from engine.stack import MODEL as MODEL_TYPE
from engine.stack import Stack, declared
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind
from scenarios.live import Live, live

__all__ = ["Subject", "both", "both_with", "custom_models", "deployments", "of_custom_models"]

_IDS = {DEPLOYMENT: "deployment", CUSTOM_MODEL: "custom-model"}

both = pytest.mark.parametrize("kind", list(_IDS), ids=list(_IDS.values()), indirect=True)
"""Run a test for both kinds."""

of_custom_models = pytest.mark.parametrize("kind", [CUSTOM_MODEL], ids=["custom-model"], indirect=True)
"""Run a test for custom models alone."""


def both_with(names: str, values: Sequence[Any], *, models: Sequence[Any]) -> pytest.MarkDecorator:
    """Run a test for deployments with all values of a parameter, and for custom models with some of them."""
    several = "," in names
    some = ((DEPLOYMENT, values), (CUSTOM_MODEL, models))
    cases = [(kind, *(each if several else (each,))) for kind, these in some for each in these]
    ids = ["-".join([_IDS[kind], *map(str, each)]).replace(" ", "-") for kind, *each in cases]
    return pytest.mark.parametrize(("kind", *names.split(", ")), cases, ids=ids, indirect=["kind"])


@dataclass(frozen=True)
class Subject:
    """The resources of one kind in an account, and how a program declares one.

    :param type: The type in the state.
    :param failed: The error for one that is `Failed`.
    :param given: The arguments that say what it is made of.
    :param other: The same for another one, which therefore replaces it.
    :param request: The same as `given`, as boto3 spells it.
    """

    local: LocalBedrock
    kind: Kind
    type: str
    failed: str
    given: Mapping[str, str]
    other: Mapping[str, str]
    request: Mapping[str, Any]

    # In a program

    def declare(self, stack: Stack, logical_name: str = "support-bot", *, more: str = "", **arguments: Any) -> None:
        """Write a program with one resource, the variable `resource`; `more` is put below it. See `declared`."""
        stack.program(f"resource = {self.declared(logical_name, **arguments)}\n{more}\n")

    def declared(self, logical_name: str, name: str | None = None, *, other: bool = False, **arguments: Any) -> str:
        """Return the expression that declares a resource.

        :param name: The name that the program gives.
        :param other: Whether it is made of the other input.
        """
        named = {} if name is None else {xform_name(self.kind.name): name}
        return declared(
            self.type.rpartition(":")[2], logical_name, **(self.other if other else self.given), **named, **arguments
        )

    # In the account

    def live(self) -> list[Live]:
        """Return all, oldest first."""
        return live(self.local, self.kind)

    def arns(self) -> set[str]:
        """Return the ARNs of all."""
        return {each.arn for each in self.live()}

    def statuses(self) -> dict[str, str]:
        """Return the statuses of all, by ARN."""
        return {each.arn: each.status for each in self.live()}

    def only(self) -> Live:
        """Return the only one."""
        (found,) = self.live()
        return found

    def is_of(self, found: Live, *, other: bool = False) -> bool:
        """Return whether it is made of the input, or the other input. Of a custom model, nothing shows that."""
        return (
            self.kind is CUSTOM_MODEL or found.shown["modelArn"] == (self.other if other else self.given)["model_arn"]
        )

    def is_listed(self, arn: str) -> bool:
        """Return whether AWS's list shows one, as it shows it to a program."""
        lists = getattr(self.local.client("bedrock"), xform_name(self.kind.list))
        return arn in {each[self.kind.arn] for each in lists()[self.kind.summaries]}

    def make(self, name: str, **more: Any) -> str:
        """Create one without Pulumi, and return its ARN; `more` are arguments of boto3's call."""
        create = getattr(self.local.client("bedrock"), xform_name(self.kind.create))
        return str(create(**{self.kind.name: name, **self.request, **more})[self.kind.arn])

    def delete(self, arn: str) -> None:
        """Delete one without Pulumi."""
        getattr(self.local.client("bedrock"), xform_name(self.kind.delete))(**{self.kind.identifier: arn})

    # What the local Bedrock does

    def set_creation(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that creates take, those now `Creating` too; `manual`: until `set_status`."""
        control = self.local.set_activation if self.kind is DEPLOYMENT else self.local.set_model_creation
        control(seconds=seconds, manual=manual)

    def set_deletion(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that deletions take. AWS is assumed to delete custom models at once, so that is contradicted."""
        if self.kind is CUSTOM_MODEL:
            self.local.contradict("model-gone-after-delete")
        self.local.set_deletion(seconds=seconds, manual=manual)

    def set_quota_in_progress(self, quota: int) -> None:
        """Set how many may be `Creating`."""
        if self.kind is DEPLOYMENT:
            self.local.set_quota_in_progress(quota)
        else:
            self.local.set_model_quota_in_progress(quota)

    def set_quota(self, quota: int) -> None:
        """Set how many there may be; `total` says how many there are."""
        if self.kind is DEPLOYMENT:
            self.local.set_quota(quota)
        else:
            self.local.set_model_quota(quota)

    def total(self) -> int:
        """Return how many AWS counts: of custom models, also those that the deployments of a test serve."""
        return len(self.live() if self.kind is DEPLOYMENT else self.local.custom_models())

    def fail_next_create(self, message: str = "No capacity.") -> None:
        """Let the next create end with `Failed`."""
        self.local.add_fault(kind="activation", operation=self.kind.create, message=message, count=1)

    def never_end_next_create(self) -> None:
        """Let the next create stay `Creating` until `set_status`."""
        self.local.add_fault(kind="activation", operation=self.kind.create, outcome="never", count=1)

    def creates(self) -> int:
        """Return the number of calls of Create."""
        return self.local.counts().get(self.kind.create, 0)

    # In messages

    def named(self, name: str) -> str:
        """Return how an error message begins with it."""
        return f'{self.kind.noun} "{name}"'

    def described(self) -> str:
        """Return what a message says of one that is Active and has a name which another one needs."""
        return "status Active" if self.kind is CUSTOM_MODEL else f"model {self.given['model_arn']}, status Active"

    def deletes(self, arn: str) -> str:
        """Return the end of the command that deletes it."""
        return f"--{xform_name(self.kind.identifier, '-')} {arn}"


def deployments(local: LocalBedrock, model: str, other_model: str) -> Subject:
    """Return the deployments of an account; `model` and `other_model` are what they serve."""
    return Subject(
        local,
        DEPLOYMENT,
        DEPLOYMENT_TYPE,
        "DeploymentFailed",
        {"model_arn": model},
        {"model_arn": other_model},
        {"modelArn": model},
    )


def custom_models(local: LocalBedrock) -> Subject:
    """Return the custom models of an account that are made of artifacts."""
    role, uri = "arn:aws:iam::123456789012:role/bedrock", "s3://escrow/job-1/"
    return Subject(
        local,
        CUSTOM_MODEL,
        MODEL_TYPE,
        "ModelFailed",
        {"role_arn": role, "s3_uri": uri},
        {"role_arn": role, "s3_uri": "s3://escrow/job-2/"},
        {"roleArn": role, "modelSourceConfig": {"s3DataSource": {"s3Uri": uri}}},
    )
