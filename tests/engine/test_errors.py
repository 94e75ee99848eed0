"""Whatever goes wrong is one line: which deployment, what AWS said, what to do next. Never a traceback."""

from __future__ import annotations

import re
import socket

from engine.stack import Code, Stack
from pulumi_bedrock.local import LocalBedrock

NAME = r'deployment "support-bot-[0-9a-f]{7}"'


def test_create_errors_are_one_line_each(stack: Stack, local: LocalBedrock, model: str) -> None:
    """What each code becomes is in tests/unit/test_error_mapping.py."""
    stack.config["aws:maxRetries"] = "0"
    # An error that may pass is tried again until the timeout.
    patience = Code('pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="1s"))')
    stack.declare(model_arn=model, opts=patience)
    for code, kind, advice in (
        ("AccessDeniedException", "AccessDenied", "Allow bedrock:CreateCustomModelDeployment to the identity that"),
        (
            "ThrottlingException",
            "Throttled",
            "Run the command again, with a smaller --parallel, or raise aws:maxRetries.",
        ),
    ):
        fault = local.add_fault(operation="CreateCustomModelDeployment", error=code, message="Not this time.")
        error = stack.up(fails=True).error
        assert re.match(rf"{kind}: {NAME}: .*AWS said: Not this time\. {re.escape(advice)}", error), error
        assert stack.resources() == local.deployments() == []
        local.clear_faults(fault)


def test_up_without_credentials_fails_with_one_line(stack: Stack, model: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del stack.environment[name]
    stack.declare(model_arn=model)
    error = stack.up(fails=True).error
    assert re.match(rf"CredentialsMissing: {NAME}: no AWS credentials were found\.", error), error
    assert "aws:profile" in error


def test_up_with_expired_credentials_fails_with_one_line(stack: Stack, local: LocalBedrock, model: str) -> None:
    code = "ExpiredTokenException"
    local.add_fault(error=code, message="The security token included in the request is expired")
    stack.declare(model_arn=model)
    error = stack.up(fails=True).error
    assert re.match(rf"CredentialsExpired: {NAME}: ", error), error
    assert "The security token included in the request is expired." in error
    local.clear_faults()
    stack.up()

    # And they expire with a deployment in the state: it stays there.
    local.add_fault(error=code, message="The security token included in the request is expired")
    for run in (stack.refresh(fails=True), stack.destroy(fails=True)):
        assert run.error.startswith(f"CredentialsExpired: deployment {stack.resource()['id']}: ")


def test_up_without_region_fails_with_one_line(stack: Stack, local: LocalBedrock, model: str) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        del stack.environment[name]
    stack.declare(model_arn=model)
    run = stack.up(fails=True)
    assert run.error.endswith(
        "region: no AWS Region is set. Run `pulumi config set aws:region us-east-1`, set AWS_REGION, "
        "or give the resource region=."
    )
    assert local.counts() == {}


def test_up_with_unreachable_endpoint_fails_with_one_line(stack: Stack, model: str) -> None:
    with socket.socket() as held:  # bound, and not listening: nothing else can answer there
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        stack.environment["AWS_ENDPOINT_URL"] = url
        stack.config["aws:maxRetries"] = "0"
        stack.declare(model_arn=model)
        error = stack.up(fails=True).error
    assert re.match(rf"EndpointUnreachable: {NAME}: no answer to ", error), error
    assert url in error
    assert "Check the network, aws:endpoints and AWS_ENDPOINT_URL." in error


def test_all_invalid_inputs_are_reported_together(stack: Stack, local: LocalBedrock) -> None:
    stack.declare(
        model_arn="not-an-arn-but-long-enough",
        model_deployment_name="-no-",
        description="",
        tags={"aws;": "x", "team": "y" * 257},
        client_request_token="_",
        region="the moon",
        opts=Code('pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete="-1m"))'),
    )
    run = stack.preview(fails=True)
    assert "Traceback" not in run.text
    for line in (
        "modelDeploymentName: must be letters and digits, each followed by at most one '-' or '_'",
        "modelArn: must be the ARN of a custom model",
        "description: must be 1 to 2048 characters long, and this is 0",
        "clientRequestToken: must be letters, digits and '-'",
        'tags["aws;"] (its key): must be letters, digits, spaces and',
        'tags["team"]: must be 0 to 256 characters long, and this is 257',
        'region: must be the name of an AWS Region, such as "us-east-1"',
        "custom_timeouts: delete must be a positive duration",
    ):
        assert run.text.count(line) >= 1, f"{line}\n{run.text}"
    assert "the moon" not in run.text
    assert local.counts() == {}
