"""The CLI or the provider's process is killed (`kill -9`) at a point of its run, and the next `up` loses nothing.

`tests/stateful/test_kill_points.py` has every point, in process. Here is a sample through the real engine; `make test`
takes three of it, and `make kill-points` all.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine.stack import Code, deployment
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.invariant import MARK
from scenarios.processes import alive
from scenarios.running import Running
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers

HALTING = Path(__file__).parent / "halting"
ALL = os.environ.get("PULUMI_BEDROCK_ALL_KILL_POINTS") == "1"

CREATE, DELETE = "CreateCustomModelDeployment", "DeleteCustomModelDeployment"
LIST, UPDATE = "ListCustomModelDeployments", "UpdateCustomModelDeployment"

SAMPLE = [
    ("create", f"after {LIST}", "engine"),
    ("replace", f"after {CREATE}", "both"),
    ("forced-delete-first", f"after {DELETE}", "both"),
    ("create", f"before {CREATE}", "both"),
    ("create", f"after {CREATE}", "host"),
    ("create", f"after {CREATE}", "engine"),
    ("create", "before UntagResource", "host"),
    ("create", "after UntagResource", "both"),
    ("create", "after Create", "both"),
    ("create-named", f"after {CREATE}", "both"),
    ("create-named", "after Create", "both"),
    ("two-creates", f"after {CREATE} 2", "host"),
    ("two-creates", f"after {CREATE} 2", "engine"),
    ("two-creates", "after Create 1", "both"),
    ("resume-changed", f"after {CREATE}", "both"),
    ("resume-changed", f"after {DELETE}", "both"),
    ("resume-changed-named", f"after {DELETE}", "host"),
    ("replace", f"after {LIST}", "engine"),
    ("replace", "before Delete", "both"),
    ("replace", f"after {DELETE}", "engine"),
    ("replace", "after Delete", "both"),
    ("replace-named", f"before {DELETE}", "host"),
    ("replace-named", f"after {DELETE}", "both"),
    ("replace-named", f"after {CREATE}", "engine"),
    ("forced", f"after {CREATE}", "both"),
    ("forced", "before Delete", "both"),
    ("update-in-place", "after TagResource", "both"),
    ("update-in-place", f"after {UPDATE}", "engine"),
    ("update-in-place", "after Update", "both"),
    ("delete", f"after {DELETE}", "both"),
    ("delete", "after Delete", "both"),
    ("adopt", "after Create", "both"),
]
"""A lifecycle, a point, and who is killed there. A host that outlives the engine goes on then, and must notice."""


class Life:
    """A stack before the run that is killed: what it declares, and with which options it is deployed."""

    def __init__(
        self, stack: ScenarioStack, local: LocalBedrock, models: tuple[str, str], strangers: Strangers
    ) -> None:
        self.stack, self.local, self.models, self.strangers = stack, local, models, strangers
        self.options: list[str] = []
        self.later: list[str] = []

    def begin(self, name: str) -> None:
        """Bring the stack to where the run begins."""
        getattr(self, name.replace("-", "_"))()

    def create(self, **given: Any) -> None:
        """Declare a deployment."""
        self.stack.declare(**{"model_arn": self.models[0], **given})

    def create_named(self) -> None:
        """The same with a given name."""
        self.create(model_deployment_name="fixed")

    def two_creates(self) -> None:
        """Two at a time."""
        given = {"model_arn": self.models[0]}
        self.stack.program("\n".join(deployment(name, **given) for name in ("sales", "support-bot")))

    def resume_changed(self, **given: Any) -> None:
        """An earlier run was killed, and the program has changed since."""
        self.create(**given)
        self.local.set_activation(manual=True)
        running = self.stack.start()
        eventually(lambda: self.local.counts().get(LIST), "a poll")
        kill(running, "both")
        (left,) = self.local.deployments()
        self.local.set_activation()
        self.local.set_status(left["customModelDeploymentArn"], "Active")
        self.stack.pulumi("cancel", "--yes")
        self.create(description="Answers mails", **given)

    def resume_changed_named(self) -> None:
        """The same with a given name."""
        self.resume_changed(model_deployment_name="fixed")

    def replace(self, **given: Any) -> None:
        """A change replaces."""
        self.create(**given)
        self.stack.up()
        self.create(description="Answers mails", **given)

    def replace_named(self) -> None:
        """A change replaces, and the old one is deleted first."""
        self.replace(model_deployment_name="fixed")

    def forced(self, **given: Any) -> None:
        """`--target-replace`."""
        self.create(**given)
        self.stack.up()
        self.options = ["--target-replace", self.stack.resource()["urn"]]

    def forced_delete_first(self) -> None:
        """The same, and the old one is deleted first."""
        self.forced(opts=Code("pulumi.ResourceOptions(delete_before_replace=True)"))
        self.later = ["--refresh"]

    def update_in_place(self) -> None:
        """Tags and model."""
        self.create(update_in_place=True, tags={"team": "support"})
        self.stack.up()
        self.create(update_in_place=True, tags={"stage": "dev"}, model_arn=self.models[1])

    def delete(self) -> None:
        """It is no longer declared."""
        self.create()
        self.stack.up()
        self.stack.program("bedrock.get_custom_model_deployment  # and nothing else")

    def adopt(self) -> None:
        """Somebody else's is imported."""
        arn = self.strangers("theirs")
        self.strangers.adopted(arn)
        self.create(opts=Code(f"pulumi.ResourceOptions(import_={arn!r})"))


@pytest.mark.parametrize(
    ("name", "point", "victim"), SAMPLE if ALL else SAMPLE[:3], ids=lambda value: value.replace(" ", "-")
)
def test_kill_loses_no_deployment(
    stack: ScenarioStack,
    local: LocalBedrock,
    model: str,
    other_model: str,
    strangers: Strangers,
    tmp_path: Path,
    name: str,
    point: str,
    victim: str,
) -> None:
    life = Life(stack, local, (model, other_model), strangers)
    life.begin(name)
    killed_at(life, point, victim, tmp_path)
    exempt = {arn for arn, live in live_of(local).items() if arn not in stack.recorded and MARK not in live["tags"]}
    assert not exempt or point.split()[1] in ("UntagResource", "Create"), "only then a kill may lose one"
    if victim != "host":
        stack.pulumi("cancel", "--yes")

    run = stack.run("up", "--yes", "--skip-preview", *life.later)

    if run.code and any(arn in run.text for arn in exempt):  # as its error says
        life.create(model_deployment_name="another")
        run = stack.up()
    assert run.code == 0, run.text
    live = live_of(local)
    left = live.keys() - stack.recorded - exempt
    assert stack.recorded <= live.keys(), "in the state, and gone"
    assert all(name == "forced" and live[arn]["modelDeploymentName"] in stack.screen for arn in left), live
    assert len(stack.recorded) == {"delete": 0, "two-creates": 2}.get(name, 1)
    assert {(live[arn]["status"], MARK in live[arn]["tags"]) for arn in stack.recorded} <= {("Active", False)}
    assert strangers.touched() == []
    local.clear_requests()
    stack.up("--expect-no-changes")
    assert local.counts().keys().isdisjoint({CREATE, DELETE, UPDATE, "TagResource", "UntagResource"})


def live_of(local: LocalBedrock) -> dict[str, dict[str, Any]]:
    """What is in the account, by ARN."""
    return {live["customModelDeploymentArn"]: live for live in local.deployments()}


def killed_at(life: Life, point: str, victim: str, folder: Path) -> None:
    """Run `up`, and kill it at a point."""
    environment = life.stack.environment
    halting = {"HALT_AT": point, "HALT_FOLDER": str(folder)}
    environment |= halting
    path = environment["PYTHONPATH"]
    environment["PYTHONPATH"] = os.pathsep.join([str(HALTING), path])
    running = life.stack.start("up", "--yes", "--skip-preview", *life.options)
    eventually(lambda: (folder / "halted").exists() or not running.under_way, point)
    assert (folder / "halted").exists(), running.text
    kill(running, victim, lambda: (folder / "go").touch())
    environment["PYTHONPATH"] = path
    for key in halting:
        del environment[key]


def kill(running: Running, victim: str, go: Callable[[], None] = lambda: None) -> None:
    """Kill the CLI, its host or both. A host that outlives the CLI goes on, and ends by itself."""
    if victim == "host":
        os.kill(running.host().pid, signal.SIGKILL)
        assert running.finish().code != 0
        return
    host = running.kill()
    if victim == "both":
        os.kill(host.pid, signal.SIGKILL)
    go()
    eventually(lambda: not alive(host), "the end of the host")
