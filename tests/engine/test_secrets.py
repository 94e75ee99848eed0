"""What is secret stays secret: encrypted under every key of the state, and in no message, AWS's included."""

from __future__ import annotations

import json

from engine.stack import Code, Run, Stack
from pulumi_bedrock.local import LocalBedrock

DESCRIPTION, TAG, DEFAULT_TAG = "hush-description-7f3", "hush-tag-4c1", "hush-default-9d2"
SECRETS = (DESCRIPTION, TAG, DEFAULT_TAG)
ENCRYPTED = "1b47061264138c4ac30d75fd1eb44270"
"""What the engine puts beside every encrypted value."""


def secret(value: str) -> Code:
    return Code(f"pulumi.Output.secret({value!r})")


def test_secret_description_and_tags_are_encrypted_and_hidden(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    defaults = json.dumps({"tags": {"owner": DEFAULT_TAG}})
    stack.set_secret("aws:defaultTags", defaults)
    declared = {"description": secret(DESCRIPTION), "tags": {"team": "support", "key": secret(TAG)}}
    more = 'pulumi.export("tags_all", deployment.tags_all)\npulumi.export("tags", deployment.tags)'
    stack.declare(model_arn=model, **declared, more=more)
    runs = [stack.preview(), stack.up()]
    (live,) = local.deployments()
    assert live["description"] == DESCRIPTION
    assert live["tags"] == {"team": "support", "key": TAG, "owner": DEFAULT_TAG}

    _encrypted(stack)
    shown = stack.pulumi("stack", "output", "--json", "--show-secrets").json
    assert shown["tags_all"] == {"team": "support", "key": TAG, "owner": DEFAULT_TAG}
    assert shown["tags"] == {"team": "support", "key": TAG}
    runs += [stack.pulumi("stack", "output"), stack.pulumi("stack", "export")]

    local.client("bedrock").tag_resource(resourceARN=stack.resource()["id"], tags=[{"key": "team", "value": "sales"}])
    runs += [stack.refresh(), stack.up()]
    stack.declare(model_arn=other_model, **declared, more=more)
    runs += [stack.preview(), stack.up()]
    _encrypted(stack)
    runs += [stack.destroy()]
    _none_in(runs)


def test_secrets_in_aws_error_are_redacted(stack: Stack, local: LocalBedrock, model: str) -> None:
    local.add_fault(
        operation="CreateCustomModelDeployment",
        error="ValidationException",
        message=f"Value '{DESCRIPTION}' at 'description' and '{TAG}' at 'tags.1.value' are not liked",
        count=1,
    )
    stack.declare(model_arn=model, description=secret(DESCRIPTION), tags={"key": secret(TAG)})
    run = stack.up(fails=True)
    assert "Value '[redacted]' at 'description' and '[redacted]' at 'tags.1.value' are not liked" in run.error
    local.add_fault(
        kind="activation",
        operation="CreateCustomModelDeployment",
        message=f"Could not place {DESCRIPTION}.",
        count=1,
    )
    failed = stack.up(fails=True)
    assert failed.error.startswith("DeploymentFailed: ")
    assert "Could not place [redacted]." in failed.error
    _none_in([run, failed])


def test_invalid_secret_is_not_shown_in_error(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.declare(
        model_arn=model,
        description=secret(f"{DESCRIPTION}\nsecond line"),
        tags={"key": secret(f"{TAG};")},
    )
    run = stack.up(fails=True)
    assert "description: must be on one line" in run.text
    assert 'tags["key"]: must be letters, digits' in run.text
    _none_in([run])
    assert local.counts() == {}


def test_configured_credentials_are_in_no_output_and_no_state(stack: Stack, local: LocalBedrock, model: str) -> None:
    key_id, key = "AKIDHUSHHUSHHUSH", "hush-secret-access-key"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del stack.environment[name]
    stack.set_secret("aws:accessKey", key_id)
    stack.set_secret("aws:secretKey", key)
    stack.declare(model_arn=model)
    local.add_fault(operation="CreateCustomModelDeployment", error="ResourceNotFoundException", count=1)
    runs = [stack.up(fails=True), stack.up(), stack.refresh(), stack.preview()]
    assert len(local.deployments()) == 1
    for text in (stack.state, *(run.text for run in runs), stack.destroy().text, stack.state):
        assert key_id not in text
        assert key not in text


def _encrypted(stack: Stack) -> None:
    outputs = stack.outputs()
    for key in ("description", "tags", "tagsAll"):
        held = json.dumps(outputs[key])
        assert ENCRYPTED in held, f"{key} isn't encrypted"
    assert not [secret for secret in SECRETS if secret in stack.state]


def _none_in(runs: list[Run]) -> None:
    for run in runs:
        assert not [secret for secret in SECRETS if secret in run.text], run.text
