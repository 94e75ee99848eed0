"""Warnings in the real engine: they stand at the resource, in a preview and in `up`."""

from __future__ import annotations

import json

from engine.stack import DEPLOYMENT, Stack
from pulumi_bedrock.local import LocalBedrock

OUTAGE = (
    'deployment "fixed": this replacement deletes it before it creates the new one. Nothing serves from the deletion '
    "until the new deployment is Active. Reason: {reason}, and model_deployment_name is given and stays, but names are "
    "unique. To avoid the outage, leave model_deployment_name out (automatic name), set update_in_place=True, or use "
    "two deployments (blue-green)."
)
ALL_CHANGE = OUTAGE.format(reason='modelArn changes, the default tag "env" changes, the tag "team" changes')
URN = f"urn:pulumi:dev::engine-test::{DEPLOYMENT}::support-bot"


def warnings(stack: Stack, *command: str) -> list[tuple[str, str]]:
    """Run a command, and return its lasting warnings with the resource that each is about."""
    said = stack.pulumi(*command, "--json").stdout
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    found = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
    return [(event["urn"], event["message"].strip()) for event in found if event["severity"] == "warning"]


def test_outage_is_announced_in_preview_and_in_up(stack: Stack, model: str, other_model: str) -> None:
    stack.environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "1"
    stack.config["aws:defaultTags"] = '{"tags": {"env": "dev"}}'
    stack.declare(model_arn=model, model_deployment_name="fixed", tags={"team": "support"})
    stack.up()
    stack.config["aws:defaultTags"] = '{"tags": {"env": "prod"}}'
    stack.declare(model_arn=other_model, model_deployment_name="fixed", tags={"team": "sales"})

    assert warnings(stack, "preview") == [(URN, ALL_CHANGE)]
    assert stack.preview().text.count(f"warning: {ALL_CHANGE}") == 1
    # With its preview, `up` shows the warning once in each of its two phases.
    said = stack.pulumi("up", "--yes").text
    assert [phase.count(f"    warning: {ALL_CHANGE}\n") for phase in said.split("Updating (dev)")] == [1, 1]


def test_drift_of_tag_announces_outage_in_refresh_and_in_up(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "1"
    stack.declare(model_arn=model, model_deployment_name="fixed", tags={"team": "support"})
    stack.up()
    arn = stack.resource()["id"]
    local.client("bedrock").tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "sales"}])

    warning = (URN, OUTAGE.format(reason='the tag "team" changes'))
    assert warnings(stack, "refresh", "--yes", "--skip-preview") == [warning]
    assert warnings(stack, "up", "--yes", "--skip-preview") == [warning]


def test_warning_stands_in_one_row_and_among_the_diagnostics_without_a_terminal(
    stack: Stack, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model, model_deployment_name="fixed")
    stack.up()
    stack.declare(model_arn=other_model, model_deployment_name="fixed")

    warning = f"warning: {OUTAGE.format(reason='modelArn changes')}"
    preview = stack.pulumi("preview").text
    for said in (preview, *stack.pulumi("up", "--yes").text.split("Updating (dev)")):
        rows, _, diagnostics = said.partition("\nDiagnostics:\n")
        assert (rows.count(warning), diagnostics.count(warning)) == (1, 1), said
    assert " delete original see the warning on support-bot\n" in preview


def test_nothing_is_announced_when_the_new_deployment_comes_first(stack: Stack, model: str, other_model: str) -> None:
    stack.environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "1"
    stack.declare(model_arn=model)
    stack.up()
    stack.declare(model_arn=other_model)

    assert warnings(stack, "preview") == warnings(stack, "up", "--yes", "--skip-preview") == []
