"""The floor: as many dynamic resources that do nothing."""

import os
from typing import Any

from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class TrivialProvider(ResourceProvider):
    """Creates nothing, at once."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return an ID."""
        return CreateResult(props["name"], props)


class Trivial(Resource):
    """Nothing, as a resource."""

    def __init__(self, name: str) -> None:
        super().__init__(TrivialProvider(), name, {"name": name})


for number in range(int(os.environ["DEPLOYMENTS"])):
    Trivial(f"d-{number:03}")
