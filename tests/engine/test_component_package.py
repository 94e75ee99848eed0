"""A component package in Python holds our resources: Pulumi's own component host declares them.

The language host that `make cli` builds is too old to start such a package, so it is a program on PATH here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine.stack import INVOCATION, Stack
from pulumi_bedrock.local import LocalBedrock

PACKAGE = Path(__file__).parent / "component_package"
USER = """\
class Serving(pulumi.ComponentResource):
    def __init__(self, name, model_arn):
        super().__init__(
            "serving:index:Serving", name, {{"modelArn": model_arn, "deploymentArn": None}}, remote=True
        )


for name in ("blue", "green"):
    pulumi.export(name, Serving(name, {model!r}).deploymentArn)
"""


def test_component_package_deploys_replaces_and_destroys(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    plugin = stack.folder / "bin/pulumi-resource-serving"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" -u "{PACKAGE}" "$@"\n')
    plugin.chmod(0o755)
    stack.environment["PATH"] = os.pathsep.join([str(plugin.parent), stack.environment["PATH"]])
    stack.program(USER.format(model=model))

    first = stack.up()

    arns = {stack.exports()[name] for name in ("blue", "green")}
    assert {deployment["customModelDeploymentArn"] for deployment in local.deployments()} == arns
    assert len(stack.resources(INVOCATION)) == 2
    # There is no stack in the package's process, so no identity either: docs/limits.md.
    assert "the stack has no identity yet" in first.text
    stack.preview("--expect-no-changes")

    stack.program(USER.format(model=other_model))
    stack.up()

    assert {deployment["modelArn"] for deployment in local.deployments()} == {other_model}
    stack.destroy()
    assert local.deployments() == []
