"""The floor: as many dynamic resources that do nothing in AWS, and as many `aws.Provider`s that nothing uses."""

import os
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class TrivialProvider(ResourceProvider):
    """A provider that creates nothing."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return an ID."""
        return CreateResult(props["name"], props)


class Trivial(Resource):
    """A resource that creates nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(TrivialProvider(), name, {"name": name})


for number in range(int(os.environ["PROVIDERS"])):
    pulumi.ProviderResource("aws", f"p-{number}", {"region": "us-east-1"})
for number in range(int(os.environ["DEPLOYMENTS"])):
    Trivial(f"d-{number:03}")
