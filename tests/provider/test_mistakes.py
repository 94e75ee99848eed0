"""Mistakes of a new user, and the whole message for each: what is wrong, where, and what would be right.

`check` runs in a preview, so each of these shows before anything is created. The engine puts the resource's name in
front of what `check` finds; what the program side finds names the resource itself (`tests/unit/test_mistakes.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from arns import ARN as DEPLOYMENT
from arns import MODEL
from dynamic_host import DynamicHost
from pulumi_bedrock import serialized
from pulumi_bedrock.lifecycle.unfinished import MARK

FOUNDATION_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
JOB = "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/amazon.nova-lite-v1:0:300k/abcdefghij12"
A_MODEL = f"modelArn: must be the ARN of a custom model, such as {MODEL}, and this is "
AN_IMPORT = f"import_: must be the name or ARN of a deployment, such as {DEPLOYMENT}, and this is "
NAME = "modelDeploymentName: must be letters and digits, each followed by at most one '-' or '_'"
RESERVED = 'pulumi_bedrock reserves keys that begin with "pulumi-bedrock:unfinished"; choose another key'
TAG_TEXT = "must be letters, digits, spaces and . _ : / = + @ -"

OF_DEPLOYMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "no model": (
        {"modelArn": None},
        "modelArn: is required; give the ARN of the custom model to deploy "
        "(an output has no value if its resource failed)",
    ),
    "model's name": ({"modelArn": "my-tuned-model"}, f"{A_MODEL}not an ARN"),
    "deployment's ARN as model": ({"modelArn": DEPLOYMENT}, f"{A_MODEL}the ARN of a deployment"),
    "foundation model": ({"modelArn": FOUNDATION_MODEL}, f"{A_MODEL}the ARN of a foundation model"),
    "job's ARN as model": ({"modelArn": JOB}, f"{A_MODEL}the ARN of a model customization job"),
    "line break after ARN": ({"modelArn": f"{MODEL}\n"}, f"{A_MODEL}text with white space around it"),
    "number as model": ({"modelArn": 7}, "modelArn: must be a string, and this is a number"),
    "model without its ID": (
        {"modelArn": MODEL.rpartition("/")[0]},
        "modelArn: must be the ARN of a custom model (arn:…:bedrock:<region>:<account>:custom-model/<base model>/<id>)",
    ),
    "model in another Region": (
        {"region": "eu-west-1"},
        "modelArn: the custom model is in us-east-1, but the deployment is in eu-west-1. Set region= or aws:region to "
        "the model's Region",
    ),
    "Region's long name": (
        {"region": "US East (N. Virginia)"},
        'region: must be the name of an AWS Region, such as "us-east-1"',
    ),
    "name with a space": ({"modelDeploymentName": "support bot"}, NAME),
    "name with two hyphens": ({"modelDeploymentName": "support--bot"}, NAME),
    "long name": (
        {"modelDeploymentName": "b" * 64},
        "modelDeploymentName: must be 1 to 63 characters long, and this is 64",
    ),
    "empty description": ({"description": ""}, "description: must be 1 to 2048 characters long, and this is 0"),
    "description of two lines": ({"description": "a\nb"}, "description: must be on one line, without line breaks"),
    "token with a space": (
        {"clientRequestToken": "my token"},
        "clientRequestToken: must be letters, digits and '-', with a letter or digit at both ends",
    ),
    "number as tag": ({"tags": {"cost": 7}}, 'tags["cost"]: must be a string, and this is a number'),
    "comma in a tag": ({"tags": {"team": "a,b"}}, f'tags["team"]: {TAG_TEXT}'),
    "AWS's own tag": (
        {"tags": {"aws:team": "support"}},
        'tags["aws:team"]: AWS reserves keys that begin with "aws:"; choose another key',
    ),
    "AWS's own default tag": (
        {"tagsAll": {"AWS:team": "support"}},
        'default tag "AWS:team": AWS reserves keys that begin with "aws:"; choose another key',
    ),
    "the mark as a tag": ({"tags": {MARK: "no"}}, f'tags["{MARK}"]: {RESERVED}'),
    "the mark as a tag, in list form": ({"tags": [{"key": MARK, "value": "no"}]}, f'tags["{MARK}"]: {RESERVED}'),
    "the mark as a default tag": ({"tagsAll": {MARK: "no"}}, f'default tag "{MARK}": {RESERVED}'),
    "the key that a create probes with": ({"tags": {f"{MARK}-probe": "x"}}, f'tags["{MARK}-probe"]: {RESERVED}'),
    "bad default tag": ({"tagsAll": {"env": "a,b"}}, f'default tag "env": {TAG_TEXT}'),
    "201 tags": (
        {"tags": {f"tag-{number}": "x" for number in range(201)}},
        "tags: must be 0 to 200 entries long, and this is 201",
    ),
    "timeout of zero": (
        {"timeouts": {"create": "0s"}},
        'custom_timeouts: create must be a positive duration such as "45m" or "1h30m"',
    ),
    "import of a custom model": ({"importId": MODEL}, f"{AN_IMPORT}the ARN of a custom model"),
    "import of a job": ({"importId": JOB}, f"{AN_IMPORT}the ARN of a model customization job"),
    "import with a line break": ({"importId": "support-bot\n"}, f"{AN_IMPORT}text with white space around it"),
    "import of a bucket": ({"importId": "arn:aws:s3:::bucket"}, f"{AN_IMPORT}not the ARN of a Bedrock resource"),
    "import of a part of an ARN": (
        {"importId": DEPLOYMENT.rpartition("/")[0]},
        f"{AN_IMPORT.removesuffix('this is ')}the account or the ID in this ARN is malformed",
    ),
    "import of a name with a space": (
        {"importId": "support bot"},
        f"{AN_IMPORT.removesuffix(', and this is ')}; a name must be letters and digits, each followed by at most one "
        "'-' or '_'",
    ),
    "import of a long name": (
        {"importId": "b" * 64},
        f"{AN_IMPORT.removesuffix(', and this is ')}; a name must be 1 to 63 characters long, and this is 64",
    ),
}

OF_INVOCATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no model ID": (
        {"modelId": None},
        "modelId: is required; give the ARN of the deployment to call (an output has no value if its resource failed)",
    ),
    "custom model's ARN": (
        {"modelId": MODEL},
        f"modelId: must be the ARN of a deployment, such as {DEPLOYMENT}, and this is the ARN of a custom model, which "
        "can't be called",
    ),
    "no prompt": ({"prompt": None}, "prompt, messages: both are missing; give one of them"),
    "prompt and messages": (
        {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]},
        "prompt: give either prompt or messages, and not both",
    ),
    "blank prompt": ({"prompt": " "}, "prompt: must be a string that isn't blank"),
    "message without a list": (
        {"prompt": None, "messages": [{"role": "user", "content": "Hello"}]},
        "messages[0].content: must be a list, and this is a string",
    ),
    "OpenAI's developer role": (
        {"prompt": None, "messages": [{"role": "developer", "content": [{"text": "Hello"}]}]},
        "messages[0].role: must be one of user, assistant, system",
    ),
    "system prompt as text": ({"system": "Be brief."}, "system: must be a list, and this is a string"),
    "snake_case setting": (
        {"inferenceConfig": {"max_tokens": 10}},
        "inferenceConfig.max_tokens: is not known to AWS; it takes maxTokens, temperature, topP, stopSequences",
    ),
    "temperature of 2": ({"inferenceConfig": {"temperature": 2}}, "inferenceConfig.temperature: must be 0 to 1"),
}

OF_TRAINED_MODELS: dict[str, tuple[dict[str, Any], str]] = {
    "no job": (
        {"jobIdentifier": None},
        "jobIdentifier: is required; give the ARN or name of a model customization job",
    ),
    "model's ARN as job": (
        {"jobIdentifier": MODEL},
        "jobIdentifier: must be the ARN or name of a model customization job, and this is the ARN of a custom model",
    ),
}


@pytest.mark.parametrize("mistake", OF_DEPLOYMENTS)
def test_mistake_in_deployment_has_message(start_host: Callable[..., DynamicHost], mistake: str) -> None:
    change, message = OF_DEPLOYMENTS[mistake]
    inputs = {"modelArn": MODEL, "region": "us-east-1", **change}
    inputs.setdefault("tagsAll", inputs.get("tags"))

    assert start_host().check(inputs).reasons == [message]


@pytest.mark.parametrize("mistake", OF_INVOCATIONS)
def test_mistake_in_invocation_has_message(start_host: Callable[..., DynamicHost], mistake: str) -> None:
    change, message = OF_INVOCATIONS[mistake]

    checked = start_host(make=serialized.invocation).check({"modelId": DEPLOYMENT, "prompt": "Hello", **change})

    assert checked.reasons == [message]


@pytest.mark.parametrize("mistake", OF_TRAINED_MODELS)
def test_mistake_in_trained_model_has_message(start_host: Callable[..., DynamicHost], mistake: str) -> None:
    change, message = OF_TRAINED_MODELS[mistake]

    assert start_host(make=serialized.trained_model).check({"jobIdentifier": JOB, **change}).reasons == [message]
