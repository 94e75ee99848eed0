"""The CLI or the provider's process is killed (`kill -9`) at a point of its run, and the next `up` loses nothing.

`tests/stateful/test_kill_points.py` has every point, in process. Here is a sample through the real engine; `make test`
takes four of it, and `make kill-points` all.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.stack import Code
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import DEPLOYMENT
from scenarios.condition import eventually
from scenarios.processes import alive
from scenarios.running import Running
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both_with

HALTING = Path(__file__).parent / "halting"
ALL = os.environ.get("PULUMI_BEDROCK_ALL_KILL_POINTS") == "1"

SAMPLE = [
    ("create", "after List*s", "engine"),
    ("replace", "after Create*", "both"),
    ("forced-delete-first", "after Delete*", "both"),
    ("create", "before Create*", "both"),
    ("create", "after Create*", "host"),
    ("create", "after Create*", "engine"),
    ("create", "before UntagResource", "host"),
    ("create", "after UntagResource", "both"),
    ("create", "after Create", "both"),
    ("create-named", "after Create*", "both"),
    ("create-named", "after Create", "both"),
    ("two-creates", "after Create* 2", "host"),
    ("two-creates", "after Create* 2", "engine"),
    ("two-creates", "after Create 1", "both"),
    ("resume-changed", "after Create*", "both"),
    ("resume-changed", "after Delete*", "both"),
    ("resume-changed-named", "after Delete*", "host"),
    ("replace", "after List*s", "engine"),
    ("replace", "before Delete", "both"),
    ("replace", "after Delete*", "engine"),
    ("replace", "after Delete", "both"),
    ("replace-named", "before Delete*", "host"),
    ("replace-named", "after Delete*", "both"),
    ("replace-named", "after Create*", "engine"),
    ("forced", "after Create*", "both"),
    ("forced", "before Delete", "both"),
    ("update-in-place", "after TagResource", "both"),
    ("update-in-place", "after Update*", "engine"),
    ("update-in-place", "after Update", "both"),
    ("delete", "after Delete*", "both"),
    ("delete", "after Delete", "both"),
    ("adopt", "after Create", "both"),
]
"""A lifecycle, a point, and who is killed there. A host that outlives the engine goes on then, and must notice.

`Create*` is AWS's operation for the kind of resource, and `Create` is the engine's call.
"""

OF_MODELS = [
    ("replace", "after Create*", "both"),
    ("create", "after List*s", "engine"),
    ("create", "after UntagResource", "both"),
    ("resume-changed", "after Delete*", "both"),
    ("replace-named", "after Delete*", "both"),
    ("forced", "after Create*", "both"),
    ("update-in-place", "after TagResource", "both"),
    ("delete", "after Delete*", "both"),
]
"""The sample for custom models, whose lifecycle is the same code; `make test` takes one of it."""


class Life:
    """A stack before the run that is killed: what it declares, and with which options it is deployed."""

    def __init__(self, stack: ScenarioStack, subject: Subject, strangers: Strangers) -> None:
        self.stack, self.subject, self.strangers = stack, subject, strangers
        self.options: list[str] = []
        self.later: list[str] = []

    def begin(self, name: str) -> None:
        """Bring the stack to where the run begins."""
        getattr(self, name.replace("-", "_"))()

    def create(self, **given: Any) -> None:
        """Declare a resource."""
        self.subject.declare(self.stack, **given)

    def create_named(self) -> None:
        """The same with a given name."""
        self.create(name="fixed")

    def two_creates(self) -> None:
        """Two at a time."""
        self.stack.program("\n".join(self.subject.declared(name) for name in ("sales", "support-bot")))

    def resume_changed(self, **given: Any) -> None:
        """An earlier run was killed, and the program has changed since."""
        self.create(**given)
        local = self.subject.local
        self.subject.set_creation(manual=True)
        running = self.stack.start()
        eventually(lambda: local.counts().get(self.subject.kind.list), "a poll")
        kill(running, "both")
        self.subject.set_creation()
        local.set_status(self.subject.only().arn, "Active")
        self.stack.pulumi("cancel", "--yes")
        self.create(other=True, **given)

    def resume_changed_named(self) -> None:
        """The same with a given name."""
        self.resume_changed(name="fixed")

    def replace(self, **given: Any) -> None:
        """A change replaces."""
        self.create(**given)
        self.stack.up()
        self.create(other=True, **given)

    def replace_named(self) -> None:
        """A change replaces, and the old one is deleted first."""
        self.replace(name="fixed")

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
        """Tags, and the model of a deployment."""
        self.create(update_in_place=True, tags={"team": "support"})
        self.stack.up()
        self.create(update_in_place=True, tags={"stage": "dev"}, other=self.subject.kind is DEPLOYMENT)

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


@both_with("name, point, victim", SAMPLE if ALL else SAMPLE[:3], models=OF_MODELS if ALL else OF_MODELS[:1])
def test_kill_loses_nothing(
    stack: ScenarioStack,
    subject: Subject,
    local: LocalBedrock,
    strangers: Strangers,
    tmp_path: Path,
    name: str,
    point: str,
    victim: str,
) -> None:
    life = Life(stack, subject, strangers)
    life.begin(name)
    killed_at(life, point, victim, tmp_path)
    exempt = {each.arn for each in subject.live() if each.arn not in stack.recorded and not each.is_marked}
    assert not exempt or point.split()[1] in ("UntagResource", "Create"), "only then a kill may lose one"
    if victim != "host":
        stack.pulumi("cancel", "--yes")

    run = stack.run("up", "--yes", "--skip-preview", *life.later)

    if run.code and any(arn in run.text for arn in exempt):  # as its error says
        life.create(name="another")
        run = stack.up()
    assert run.code == 0, run.text
    live = {each.arn: each for each in subject.live()}
    left = live.keys() - stack.recorded - exempt
    assert stack.recorded <= live.keys(), "in the state, and gone"
    assert all(name == "forced" and live[arn].name in stack.screen for arn in left), live
    assert len(stack.recorded) == {"delete": 0, "two-creates": 2}.get(name, 1)
    assert {(live[arn].status, live[arn].is_marked) for arn in stack.recorded} <= {("Active", False)}
    assert strangers.touched() == []
    local.clear_requests()
    stack.up("--expect-no-changes")
    changing = ("Create", "Delete", "Update", "TagResource", "UntagResource")
    assert [operation for operation in local.counts() if operation.startswith(changing)] == []


def killed_at(life: Life, point: str, victim: str, folder: Path) -> None:
    """Run `up`, and kill it at a point."""
    environment = life.stack.environment
    halting = {"HALT_AT": point.replace("*", life.subject.kind.api), "HALT_FOLDER": str(folder)}
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
