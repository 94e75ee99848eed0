"""No secret of an `aws.Provider` is in clear text in the state, a plan, or anything that a command prints or writes."""

from __future__ import annotations

import json

from aws_provider.accounts import HEAD, hosts, models
from engine.stack import Run
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.preview_comment import comment
from scenarios.stacks import ScenarioStack

PROGRAM = f"""
import os
{HEAD}
secret = pulumi.Output.secret
tags = {{"owner": secret(os.environ["TAG"]), "team": "support"}}
key = secret(os.environ["SECRET_KEY"])
there = account("there", other, key=os.environ["KEY"], secret_key=key, default_tags={{"tags": tags}})
bedrock.CustomModelDeployment("support-bot", model_arn=models["other"], opts=by(there))
"""
SECRETS = {"TAG": "hush-tag-9d2", "KEY": "AKHUSHHUSH", "SECRET_KEY": "hush-key-5c1"}
ROTATED = {"KEY": "AKHUSHAGAIN", "SECRET_KEY": "hush-other-key-0e7"}
ENCRYPTED = "1b47061264138c4ac30d75fd1eb44270"


def test_secrets_of_a_provider_are_encrypted_and_hidden(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock
) -> None:
    log, plan = stack.folder / "events.json", stack.folder / "plan.json"
    shown: list[str] = []

    def keep(run: Run) -> Run:
        shown.append(run.text)
        if log.exists():
            shown.append(log.read_text())
            log.unlink()
        return run

    stack.program(PROGRAM)
    stack.environment |= {**SECRETS, "PULUMI_DEBUG_COMMANDS": "1", "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
    other.add_fault(
        operation="CreateCustomModelDeployment",
        error="ValidationException",
        message=f"Value '{SECRETS['TAG']}' at 'tags.1.value' is not liked",
        count=1,
    )
    failed = keep(stack.up("--event-log", str(log), fails=True))
    assert "Value '[redacted]' at 'tags.1.value' is not liked" in failed.error
    assert len(shown) == 2, "the event log too"
    other.set_activation(seconds=1)
    keep(stack.up("--event-log", str(log)))
    (live,) = other.deployments()
    assert live["tags"] == {"owner": SECRETS["TAG"], "team": "support"}

    stack.environment |= ROTATED
    stack.config["test:models"] = json.dumps(models("v2", local, other))
    keep(stack.preview("--event-log", str(log), "--save-plan", str(plan)))
    preview = keep(stack.pulumi("preview", "--json"))
    export = keep(stack.pulumi("stack", "export")).stdout
    settings = hosts(stack)["there-bedrock"]
    assert settings["aws:region"] == "us-east-1"
    for key in ("aws:accessKey", "aws:secretKey"):
        assert ENCRYPTED in settings[key].values()
    assert "aws:defaultTags" not in settings, "the host needs none: the program merges them"
    shown += [comment(preview.stdout, state=export), plan.read_text(), stack.state]
    for text in shown:
        assert not [secret for secret in (*SECRETS.values(), *ROTATED.values()) if secret in text], text
