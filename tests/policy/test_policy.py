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
from pulumi_bedrock.aws import converse, customization_jobs, deployments

TOP = Path(__file__).parents[2]
README = TOP / "README.md"
ALWAYS = {*deployments.ACTIONS, *converse.ACTIONS, *customization_jobs.ACTIONS}
IN_PLACE = set(deployments.IN_PLACE_ACTIONS)
"""What only a deployment with `update_in_place` needs: the policy for everybody leaves it out."""

DOCUMENTED = ALWAYS | IN_PLACE
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
        ("deployments", deployments.ACTIONS + deployments.IN_PLACE_ACTIONS, ("aws/deployments.py", "aws/poller.py")),
        ("converse", converse.ACTIONS, ("aws/converse.py",)),
        ("customization_jobs", customization_jobs.ACTIONS, ("aws/customization_jobs.py",)),
    ],
)
def test_each_module_lists_actions_it_calls(module: str, listed: tuple[str, ...], source: tuple[str, ...]) -> None:
    assert set(listed) == actions_called(*source)
    assert len(listed) == len(set(listed))


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
