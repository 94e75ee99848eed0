"""What `check` says of properties: words a person can act on, all failures at once, never a value."""

from __future__ import annotations

from typing import Any

import pytest
from arns import MODEL
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.lifecycle import inputs, validation
from pulumi_bedrock.lifecycle.unfinished import MARK
from pulumi_bedrock.values.kinds import DEPLOYMENT

VALID: dict[str, Any] = {"modelArn": MODEL, "region": "us-east-1"}


def test_minimal_inputs_have_no_failure() -> None:
    assert validation.validate(DEPLOYMENT, VALID) == []


@pytest.mark.parametrize(
    ("props", "reason"),
    [
        (
            {"modelArn": None},
            "modelArn: is required; give the ARN of the custom model to deploy "
            "(an output has no value if its resource failed)",
        ),
        ({"modelArn": 7}, "modelArn: must be a string, and this is a number"),
        (
            {"modelArn": MODEL + "x"},
            "modelArn: must be the ARN of a custom model "
            "(arn:…:bedrock:<region>:<account>:custom-model/<base model>/<id>)",
        ),
        (
            {"modelDeploymentName": "a--b"},
            "modelDeploymentName: must be letters and digits, each followed by at most one '-' or '_'",
        ),
        (
            {"modelDeploymentName": "a" * 64},
            "modelDeploymentName: must be 1 to 63 characters long, and this is 64",
        ),
        ({"description": ["a"]}, "description: must be a string, and this is a list"),
        ({"description": {"a": "b"}}, "description: must be a string, and this is a mapping"),
        ({"description": True}, "description: must be a string, and this is true or false"),
        ({"description": "two\nlines"}, "description: must be on one line, without line breaks"),
        ({"description": "x" * 2049}, "description: must be 1 to 2048 characters long, and this is 2049"),
        ({"description": ""}, "description: must be 1 to 2048 characters long, and this is 0"),
        (
            {"clientRequestToken": "a-"},
            "clientRequestToken: must be letters, digits and '-', with a letter or digit at both ends",
        ),
        (
            {"region": None},
            "region: no AWS Region is set. Run `pulumi config set aws:region us-east-1`, set AWS_REGION, "
            "or give the resource region=.",
        ),
        ({"region": "us east"}, 'region: must be the name of an AWS Region, such as "us-east-1"'),
        ({"region": 7}, 'region: must be the name of an AWS Region, such as "us-east-1"'),
        ({"tags": "team"}, 'tags: must be a mapping of strings, or a list of {"key": …, "value": …}'),
        (
            {"tags": [{"Key": "team", "Value": "support"}]},
            'tags: must be a mapping of strings, or a list of {"key": …, "value": …}',
        ),
        (
            {"tags": {"team": "a<b"}},
            'tags["team"]: must be letters, digits, spaces and . _ : / = + @ -',
        ),
        ({"tags": {"team": 7}}, 'tags["team"]: must be a string, and this is a number'),
        (
            {"tags": {"k" * 129: "v"}, "tagsAll": {"k" * 129: "v"}},
            f'tags["{"k" * 129}"] (its key): must be 1 to 128 characters long, and this is 129',
        ),
        (
            {"tagsAll": {"env": "a<b"}},
            'default tag "env": must be letters, digits, spaces and . _ : / = + @ -',
        ),
        (
            {"timeouts": {"create": "soon"}},
            'custom_timeouts: create must be a positive duration such as "45m" or "1h30m"',
        ),
        (
            {"timeouts": {"delete": "0s"}},
            'custom_timeouts: delete must be a positive duration such as "45m" or "1h30m"',
        ),
    ],
)
def test_each_failure_has_helpful_reason(props: dict[str, Any], reason: str) -> None:
    reasons = validation.validate(DEPLOYMENT, inputs.normalised({**VALID, **props}))

    # A second one may be about the same: the name's pattern counts characters too.
    assert reasons[0] == reason
    assert {other.partition(":")[0] for other in reasons} == {reason.partition(":")[0]}


def test_all_failures_are_returned_together() -> None:
    props = {"modelDeploymentName": "-", "description": "", "clientRequestToken": "-", "region": "no region"}

    assert [reason.partition(":")[0] for reason in validation.validate(DEPLOYMENT, props)] == [
        "modelArn",
        "modelDeploymentName",
        "description",
        "clientRequestToken",
        "region",
    ]


@pytest.mark.parametrize(
    ("own", "everything", "lost"),
    [
        ({"team": "a"}, {"team": "a", "env": "dev"}, []),
        ({"team": "a"}, None, ["team"]),
        ({"team": "a", "cost": "1"}, {"team": "a"}, ["cost"]),
        ({"team": "b"}, {"team": "a"}, ["team"]),
        (None, {"env": "dev"}, []),
        ({"team": UNKNOWN}, {"team": "a"}, []),
        ({"team": "a"}, {"team": UNKNOWN}, []),
        (UNKNOWN, {"team": "a"}, []),
        ({"team": "a"}, UNKNOWN, []),
    ],
)
def test_own_tag_that_aws_would_not_get_is_refused(own: Any, everything: Any, lost: list[str]) -> None:
    """A transform changes tags after the program has made tagsAll of them."""
    reasons = validation.validate(DEPLOYMENT, inputs.normalised({**VALID, "tags": own, "tagsAll": everything}))

    assert reasons == [
        f'tags["{key}"]: a transform or ignore_changes has changed tags alone, but AWS gets tagsAll, which the program '
        "makes of tags and the default tags. Change both, or give the tag in the program"
        for key in lost
    ]


def test_invalid_tag_is_reported_once() -> None:
    tags = {"team": "a<b"}

    assert len(validation.validate(DEPLOYMENT, {**VALID, "tags": tags, "tagsAll": {**tags, "env": "dev"}})) == 1


def test_mark_is_refused_as_tag_whose_value_is_unknown() -> None:
    [reason] = validation.validate(DEPLOYMENT, {**VALID, "tags": {MARK: UNKNOWN}})

    assert reason.startswith(f'tags["{MARK}"]: pulumi_bedrock reserves keys')


@pytest.mark.parametrize("key", ["pulumi-bedrock", "pulumi-bedrock:team", "unfinished", "my:pulumi-bedrock:unfinished"])
def test_tag_that_only_resembles_mark_passes(key: str) -> None:
    assert validation.validate(DEPLOYMENT, {**VALID, "tags": {key: "no"}, "tagsAll": {key: "no"}}) == []


@pytest.mark.parametrize(
    "key", ["modelArn", "modelDeploymentName", "description", "clientRequestToken", "region", "tags", "tagsAll"]
)
def test_unknown_values_pass(key: str) -> None:
    assert validation.validate(DEPLOYMENT, {**VALID, key: UNKNOWN}) == []


def test_unknown_tag_passes_and_other_tags_are_checked() -> None:
    tags = {"team": UNKNOWN, "app": "a<b"}
    reasons = validation.validate(DEPLOYMENT, {**VALID, "tags": tags, "tagsAll": tags})

    assert [reason.partition(":")[0] for reason in reasons] == ['tags["app"]']


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-2", "us-gov-west-1", "cn-north-1", "mx-central-1"])
def test_unlisted_region_of_valid_form_passes(region: str) -> None:
    assert validation.validate(DEPLOYMENT, {**VALID, "modelArn": UNKNOWN, "region": region}) == []


EUSC_MODEL = MODEL.replace("arn:aws:bedrock:us-east-1", "arn:aws-eusc:bedrock:eusc-de-east-1")
EUSC_DEPLOYMENT = "arn:aws-eusc:bedrock:eusc-de-east-1:123456789012:custom-model-deployment/abcdefghij12"
EUSC: dict[str, Any] = {"modelArn": EUSC_MODEL, "region": "eusc-de-east-1", "importId": EUSC_DEPLOYMENT}


def test_arns_of_partition_that_botocore_does_not_list_pass() -> None:
    assert validation.validate(DEPLOYMENT, EUSC) == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"modelArn": EUSC_MODEL.replace(":bedrock:", ":sagemaker:")}, "and this is not an ARN"),
        ({"modelArn": EUSC_MODEL.replace("aws-eusc", "")}, "and this is not an ARN"),
        ({"modelArn": EUSC_MODEL.replace("aws-eusc", "AWS")}, "must be the ARN of a custom model (arn:"),
        ({"modelArn": EUSC_MODEL[:-1]}, "must be the ARN of a custom model (arn:"),
        ({"region": "eu-west-1"}, "the custom model is in eusc-de-east-1, but the deployment is in eu-west-1"),
        ({"importId": EUSC_DEPLOYMENT.replace(":bedrock:", ":sagemaker:")}, "not the ARN of a Bedrock resource"),
        ({"importId": EUSC_DEPLOYMENT[:-1]}, "the account or the ID in this ARN is malformed"),
    ],
)
def test_form_service_and_region_of_arns_are_checked_in_every_partition(changed: dict[str, str], reason: str) -> None:
    [found] = validation.validate(DEPLOYMENT, {**EUSC, **changed})

    assert reason in found
