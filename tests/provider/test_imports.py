"""A preview without changes loads no boto3, which takes longer to import than everything else in the host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PREVIEW = """
import sys
from dynamic_host import DynamicHost
from pulumi_bedrock import serialized

host = DynamicHost({"aws:region": "us-east-1"})
inputs = host.check({"modelArn": "arn:aws:bedrock:us-east-1:123456789012:custom-model/a.b-v1:0/abcdefghij12"})
outputs = {**inputs.inputs, "modelDeploymentName": "bot-1234567", "__autoNamed": True}
changed = host.diff(outputs, inputs.inputs)
assert not changed.changes, changed
invocation = DynamicHost({"aws:region": "us-east-1"}, make=serialized.invocation)
inputs = invocation.check({"modelId": "a-model", "prompt": "Hello"})
assert not invocation.diff(inputs.inputs, inputs.inputs).changes, "a change"
print(sorted({"boto3", "botocore.loaders", "botocore.session", "botocore.utils"} & set(sys.modules)))
"""


def test_preview_without_changes_loads_no_boto3() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PREVIEW], capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")
