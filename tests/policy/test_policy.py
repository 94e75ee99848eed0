"""The documented IAM policy is what the code needs: nothing is missing, and nothing is too much.

What the code calls is read from its source, which knows of calls that no test makes. That the local Bedrock is asked
for nothing else is looked at after each run of the random sequences (`stateful.stacks`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from policy.called import PACKAGE, actions_called, calls
from pulumi_bedrock.aws import converse, custom_models, customization_jobs, deployments
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind

TOP = Path(__file__).parents[2]
README = TOP / "README.md"
ALWAYS = {*deployments.ACTIONS, *converse.ACTIONS, *customization_jobs.ACTIONS}
IN_PLACE = set(deployments.IN_PLACE_ACTIONS)
"""What only a deployment with `update_in_place` needs: the policy for everybody leaves it out."""

OF_MODELS = set(custom_models.ACTIONS) - ALWAYS
"""What only a `CustomModel` needs: the policy for everybody leaves it out."""

DOCUMENTED = ALWAYS | IN_PLACE | OF_MODELS
CALLERS_OF_A_MODEL = {"bedrock:InvokeModel", "bedrock:InvokeModel*"}


def policies(markdown: str) -> list[dict[str, Any]]:
    """The IAM policies for who deploys, among the code blocks."""
    blocks = re.findall(r"^( *)```json\n(.*?)^\1```", markdown, re.M | re.S)
    return [json.loads(block) for _, block in blocks if "bedrock:CreateCustomModelDeployment" in block]


def actions(policy: dict[str, Any]) -> list[str]:
    """All actions that a policy allows."""
    found = []
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        allowed = statement["Action"]
        found += [allowed] if isinstance(allowed, str) else allowed
    return found


@pytest.mark.parametrize(
    ("module", "listed", "source"),
    [
        ("converse", converse.ACTIONS, ("aws/converse.py",)),
        ("customization_jobs", customization_jobs.ACTIONS, ("aws/customization_jobs.py",)),
    ],
)
def test_each_module_lists_actions_it_calls(module: str, listed: tuple[str, ...], source: tuple[str, ...]) -> None:
    assert set(listed) == actions_called(*source)
    assert len(listed) == len(set(listed))


COMMON = ("aws/calls.py", "aws/operations.py", "aws/poller.py")
OF_ITS_OWN = {
    DEPLOYMENT: {"bedrock:GetCustomModel", "bedrock:UpdateCustomModelDeployment", "bedrock:ListCustomModels"},
    CUSTOM_MODEL: {"bedrock:ListCustomModelDeployments"},
}
"""Actions for a kind that aren't on a resource of that kind."""


@pytest.mark.parametrize(
    ("kind", "listed"),
    [
        (DEPLOYMENT, deployments.ACTIONS + deployments.IN_PLACE_ACTIONS),
        (CUSTOM_MODEL, custom_models.ACTIONS),
    ],
    ids=["deployment", "custom model"],
)
def test_each_kind_lists_actions_it_calls(kind: Kind, listed: tuple[str, ...]) -> None:
    own = {f"bedrock:{operation}" for operation in (kind.create, kind.get, kind.list, kind.delete)}
    tags = {"bedrock:ListTagsForResource", "bedrock:TagResource", "bedrock:UntagResource"}
    assert set(listed) == own | tags | OF_ITS_OWN[kind]
    assert len(listed) == len(set(listed))


def test_both_kinds_together_list_what_their_modules_call() -> None:
    listed = {*deployments.ACTIONS, *deployments.IN_PLACE_ACTIONS, *custom_models.ACTIONS}
    assert listed == actions_called(*COMMON, "aws/deployments.py", "aws/custom_models.py")


def test_no_other_module_calls_aws() -> None:
    assert actions_called() == DOCUMENTED


def test_the_account_is_requested_with_a_call_that_needs_no_permission() -> None:
    assert "GetCallerIdentity" in calls((PACKAGE / "aws/account.py").read_text())
    assert actions_called("aws/account.py") == set()


def test_readme_policy_matches_listed_actions() -> None:
    found = policies(README.read_text())
    assert found, "README.md shows no policy with bedrock:CreateCustomModelDeployment"
    for policy in found:
        allowed = [action for action in actions(policy) if action.startswith("bedrock:")]
        assert sorted(allowed) == sorted(ALWAYS)


def test_action_that_only_an_update_in_place_needs_is_documented_beside_the_policy() -> None:
    assert {"bedrock:UpdateCustomModelDeployment"} == IN_PLACE
    assert all(action in README.read_text() for action in IN_PLACE)


def test_actions_that_only_a_custom_model_needs_are_documented_beside_the_policy() -> None:
    assert {"bedrock:CreateCustomModel", "bedrock:DeleteCustomModel"} == OF_MODELS
    assert all(action in README.read_text() for action in (*OF_MODELS, "iam:PassRole"))


def test_examples_and_root_stack_allow_no_more_than_readme_policy() -> None:
    files = [TOP / "__main__.py", *(path for path in (TOP / "examples").rglob("*") if path.is_file())]
    shown = {
        (path.name, action)
        for path in files
        if path.suffix in (".py", ".md", ".yml", ".yaml", ".json")
        for action in re.findall(r"""["'](bedrock:[A-Z*][A-Za-z*]*)["']""", path.read_text())
    }
    assert shown, "no example has a policy: then this test looks in the wrong place"
    assert {action for _, action in shown} <= DOCUMENTED | CALLERS_OF_A_MODEL, shown


@pytest.mark.parametrize(
    ("source", "operation"),
    [
        ("client.update_custom_model_deployment(customModelDeploymentIdentifier=arn)", "UpdateCustomModelDeployment"),
        ("later = self.client.delete_custom_model", "DeleteCustomModel"),
        ("client.get_paginator('list_custom_models')", "ListCustomModels"),
        ("runtime.converse_stream(modelId=arn)", "ConverseStream"),
        ("sts.get_caller_identity()", "GetCallerIdentity"),
    ],
)
def test_undocumented_call_is_detected(source: str, operation: str) -> None:
    assert list(calls(source)) == [operation]


def test_docstrings_name_only_actions_in_policy() -> None:
    package = TOP / "provider/pulumi_bedrock"
    named = {
        action
        for path in package.rglob("*.py")
        if package / "local" not in path.parents
        for action in re.findall(r"bedrock:(?:Create|Delete|Get|List|Tag|Untag|Update|Invoke)\w+", path.read_text())
    }
    assert named <= DOCUMENTED, named - DOCUMENTED
