"""Stacks in one account, for sequences of runs: whatever happens, `look` says what is wrong.

A run happens in a `Weather`. A kill is an exception that no handler of the provider's takes: nothing after it is done,
and the state stays as the last finished step left it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from dynamic_host import MAKERS
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.host.process import Process
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.quotas import QUOTA, QUOTA_IN_PROGRESS
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind
from stateful.engine_model import Engine, Program, Wanted
from stateful.invariants import CHANGING, IN_PLACE, Before, check_program, check_stacks
from stateful.killing import Killed, Killer, MortalHost
from stateful.kinds import declared, hidden_of
from stateful.weather import CLEAR, Weather

__all__ = ["ELSEWHERE", "StackInAccount"]

ELSEWHERE = "210987654321"
"""Another account than the one in which everything happens."""

_HANDED_OVER = ("UntagResource", "TagResource")


class StackInAccount:
    """A stack, the account it deploys to, and everything that was ever said on its screen.

    :param clients: Shared by all runs: making boto3 clients is slow, and nothing in them outlives a call here.
    :param elsewhere: Those with the credentials of another account.
    :param made_of: What each custom model was created with, by its ARN. AWS doesn't show it.
    """

    kind = DEPLOYMENT
    """What a lifecycle is about that serves both kinds."""

    def __init__(
        self,
        local: LocalBedrock,
        clients: Clients,
        elsewhere: Clients,
        killer: Killer,
        made_of: dict[str, dict[str, Any]],
    ) -> None:
        local.reset()
        made_of.clear()
        self.local, self._own_clients, self._elsewhere, self.killer = local, clients, elsewhere, killer
        self.made_of = made_of
        self._clients = clients
        self.stacks = [self]
        """All stacks of the account."""
        self.clock = FakeClock()
        self.engine = Engine(self._start_host, self._serves)
        self.program: Program = {}
        self.screen: list[str] = []
        self.strangers: set[str] = set()
        self._crowd: list[str] = []
        self.models = [local.create_custom_model("tickets-v1"), local.create_custom_model("tickets-v2")]
        self.handed_over_at_the_kill: set[str] = set()
        self.changed_unseen: dict[str, Wanted | None] = {}
        """What was changed since the state was last refreshed, by ARN: by updates that failed, with what all of them
        wanted, until one that wants the same completes; or in another way."""
        self.may_be_gone: set[str] = set()
        """What somebody has deleted, or a run that did not end well."""
        self.renamed: set[str] = set()
        """What one resource has imported from another one: both have it until the latter is removed."""
        self._unsearched: set[str] = set()
        """The identities that were deleted by a run that could not search for what the stack had left."""

    def neighbour(self, stack: str) -> StackInAccount:
        """Another stack of the same project, in the same account."""
        other = copy.copy(self)
        other.engine = Engine(other._start_host, other._serves, stack, f"the identity of {stack}")
        other.program, other.screen, other.handed_over_at_the_kill, other.changed_unseen = {}, [], set(), {}
        other.renamed, other._unsearched = set(), set()
        self.stacks.append(other)
        return other

    # What happens

    def up(self, weather: Weather = CLEAR, **options: Any) -> bool:
        """One `pulumi up` of the program."""
        done = self._run(lambda: self.engine.up(self.program, **options), weather)
        if done:
            targets = options.get("target") or self.program
            check_program(self, {name: self.program[name] for name in targets if name in self.program})
        return done

    def refresh(self, weather: Weather = CLEAR) -> bool:
        """One `pulumi refresh`."""
        done = self._run(self.engine.refresh, weather)
        if done:
            self.changed_unseen.clear()
        return done

    def destroy(self, weather: Weather = CLEAR, *, exclude_protected: bool = False) -> bool:
        """One `pulumi destroy`, which deletes the stack's identity too. If it is for all, the program is empty then."""
        if not exclude_protected:
            self.program = {}

        def destroy() -> bool:
            done = self.engine.destroy(exclude_protected=exclude_protected)
            if done:
                self._lose_identity()
            return done

        return self._run(destroy, weather)

    def preview(self, unknown: set[str]) -> None:
        """A preview in which these inputs aren't known yet. It changes nothing."""
        self.local.clear_requests()
        self.engine.preview(self.program, unknown)
        assert CHANGING.isdisjoint(self.local.counts())

    def _lose_identity(self) -> None:
        before, lost = len(self.screen), self.engine.identity
        self._host(serialized.identity, self._process).delete(lost, {})
        listed = [entry for entry in self.local.requests() if entry["operation"] == CUSTOM_MODEL.list]
        silent = not listed or listed[-1]["status"] != 200  # a stack without models can do without that permission
        if silent or any("can't search" in line or "can't read" in line for line in self.screen[before:]):
            self._unsearched.add(lost)
        self.engine.identity = f"{lost}, then another"

    def stranger(self, name: str, model: str) -> str:
        """Somebody else makes a deployment."""
        made = self.local.client("bedrock").create_custom_model_deployment(modelDeploymentName=name, modelArn=model)
        return self._note_stranger(made["customModelDeploymentArn"])

    def stranger_of_kind(self, name: str) -> str:
        """Somebody else makes what the lifecycle is about."""
        if self.kind is DEPLOYMENT:
            return self.stranger(name, self.models[0])
        given = {key: value for key, value in declared(self.kind, self.models, {}).items() if key != "kind"}
        return self._note_stranger(
            self.local.client("bedrock").create_custom_model(modelName=name, **given)["modelArn"]
        )

    def _note_stranger(self, arn: str) -> str:
        self.strangers.add(arn)
        return arn

    @property
    def has_room(self) -> bool:
        """Whether the account's quotas allow one more deployment."""
        statuses = [live["status"] for live in self.deployments().values()]
        return len(statuses) < QUOTA and statuses.count("Creating") < QUOTA_IN_PROGRESS

    def put_mark_back(self, name: str) -> None:
        """Somebody sets all tags of a resource as they were while it was unfinished."""
        held, engine = self.engine.state[name], self.engine
        arn, hidden = held.id, hidden_of(held.kind, held.inputs)
        mark = Mark.of(engine.owner(name), engine.identity, self.live()[arn]["name"], hidden)
        self.local.client("bedrock").tag_resource(resourceARN=arn, tags=[{"key": MARK, "value": mark.value}])

    def activate(self) -> None:
        """All that is being created becomes Active, and every update is complete."""
        for arn, live in self.live().items():
            if live["status"] == "Creating":
                self.local.set_status(arn, "Active")
            if live.get("updateDetails", {}).get("updateStatus") == "Updating":
                self.local.set_update_status(arn, "UpdateCompleted")

    def live(self) -> dict[str, dict[str, Any]]:
        """What is in the account, by ARN, oldest first, with `kind`, `name` and `status`; without the given models."""
        shown = {DEPLOYMENT: self.local.deployments(), CUSTOM_MODEL: self.local.custom_models()}
        return {
            live[kind.arn]: {**live, "kind": kind, "name": live[kind.name], "status": live[kind.status]}
            for kind, several in shown.items()
            for live in several
            if live[kind.arn] not in self.models or kind is DEPLOYMENT
        }

    def deployments(self) -> dict[str, dict[str, Any]]:
        """The deployments that are in the account."""
        return {arn: live for arn, live in self.live().items() if live["kind"] is DEPLOYMENT}

    def name_of(self, arn: str) -> str | None:
        """The name of what has this ARN; None if it is gone."""
        name: str | None = self.live().get(arn, {}).get("name")
        return name

    # What is whose

    def is_marked(self, live: dict[str, Any], name: str | None = None) -> bool:
        """Whether it is marked as unfinished, by this stack or by one of its resources."""
        mark, has = Mark.read(live["tags"]), live["name"]
        if mark is None:
            return False
        if name is not None:
            return mark.is_of_maker(Mark.of(self.engine.owner(name), self.engine.identity, has))
        return any(mark.is_of_stack(identity, has) for identity in self._identities)

    @property
    def _identities(self) -> set[str]:
        """What proves a mark: the stack's identity and those that its state holds. One that nobody searched for."""
        held = (resource.outputs["__owner"]["identity"] for resource in self.engine.resources)
        return {self.engine.identity, *held} | self._unsearched

    def is_of_other_stack(self, arn: str, live: dict[str, Any]) -> bool:
        """Whether another stack has recorded a deployment, or marked it as unfinished."""
        others = [stack for stack in self.stacks if stack is not self]
        return any(arn in stack.engine.recorded or stack.is_marked(live) for stack in others)

    def knows(self, arn: str, live: dict[str, Any]) -> bool:
        """Whether a deployment is in the state, or somebody else's, or its mark or the screen shows it."""
        return (
            arn in self.engine.recorded
            or arn in self.strangers
            or arn in self.handed_over_at_the_kill
            or self.is_marked(live)
            or any(f'import_="{arn}"' in line or f"-identifier {arn}" in line for line in self.screen)
            or any(f"creating {live['name']} without" in line for line in self.screen)
        )

    def look(self) -> None:
        """Check what must be true after every run, of all stacks."""
        check_stacks(self.stacks, self.live())

    # How a run goes

    def _run(self, run: Callable[[], bool], weather: Weather) -> bool:
        before = Before.of(self)
        self.local.clear_requests()
        self.clock = FakeClock()
        self._make(weather)
        killed = False
        try:
            done = run()
        except Killed:
            done, killed = False, True
        self.killer.disarm()
        self._end_crowd()
        self.local.clear_faults()
        self.local.set_activation()
        self.local.set_model_creation()
        self.screen += self.engine.errors
        if not done:
            self.may_be_gone |= self.engine.deleting
        before.check_run(self, done=done, elsewhere=weather.elsewhere)
        self._note_updates()
        if killed:
            self.handed_over_at_the_kill |= self._handed_over_by_last_call()
        return done

    def _note_updates(self) -> None:
        for arn, wanted in self.engine.updated.items():
            if self.changed_unseen.get(arn) == wanted:
                del self.changed_unseen[arn]
        changes = [entry["resource"] or "" for entry in self.local.requests() if entry["operation"] in IN_PLACE]
        for arn, wanted in self.engine.updating.items():
            if any(arn in each for each in changes):
                self.changed_unseen[arn] = wanted if self.changed_unseen.get(arn, wanted) == wanted else None

    def _handed_over_by_last_call(self) -> set[str]:
        """After the mark is removed, only the answer to the engine is left before the state is written.

        This is the one place where a kill can lose a deployment, and it is documented.
        """
        live, last = self.live(), self.local.requests()[-1:]
        asked = {entry["resource"] for entry in last if entry["operation"] in _HANDED_OVER}
        return {arn for arn in asked & live.keys() - set(self.engine.recorded) if not self.is_marked(live[arn])}

    def _make(self, weather: Weather) -> None:
        self._clients = self._elsewhere if weather.elsewhere else self._own_clients
        self._crowd = []
        while len(self._crowd) < weather.crowd and self.has_room:
            arn = self.stranger(f"crowd-{len(self.strangers)}", self.models[0])
            self.local.set_status(arn, "Creating")
            self._crowd.append(arn)
        self.local.clear_requests()
        self.clock.after(40, self._end_crowd)
        if weather.in_use_for:
            self.clock.after(weather.in_use_for, self._end_use)
        for fault in weather.faults:
            operation = self.kind.create if fault["operation"] == "Create" else fault["operation"]
            self.local.add_fault(**{**fault, "operation": operation})
        arns = [arn for arn in self.live() if arn in self.strangers]
        if weather.tags_denied_of is not None and arns:
            arn = arns[weather.tags_denied_of % len(arns)]
            self.local.add_fault(operation="ListTagsForResource", resource=arn, error="AccessDeniedException")
        if weather.slow:
            self.local.set_activation(manual=True)
            self.local.set_model_creation(manual=True)
            if not any(fault.get("outcome") == "never" for fault in weather.faults):
                for seconds in (20, 40, 60):
                    self.clock.after(seconds, self.activate)
        if weather.killed_after is not None:
            self.clock.after(weather.killed_after, _kill)
        self.killer.arm(weather.killed_at)

    def _end_crowd(self) -> None:
        for arn in self._crowd:
            if self.live().get(arn, {}).get("status") == "Creating":
                self.local.set_status(arn, "Active")

    def _end_use(self) -> None:
        client = self.local.client("bedrock")
        for arn, live in self.live().items():
            if arn in self.strangers and live["kind"] is DEPLOYMENT and live["modelArn"] not in self.models:
                client.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
                self.strangers.discard(arn)

    def _serves(self, arn: str) -> bool:
        live = self.live().get(arn)
        return live is not None and live["status"] == "Active"

    def _start_host(self, kind: Kind, process: Process | None) -> MortalHost:
        return self._host(MAKERS[kind], process)

    def _host(self, make: Any, process: Process | None) -> MortalHost:
        host = MortalHost({"aws:region": "us-east-1", "aws:maxRetries": "0"}, make=make, process=process)
        self._process = host.process
        host.killer = self.killer
        provider: Any = host.provider
        provider.clock, provider.report = self.clock.clock, self.screen.append
        host.process.clients = self._clients
        return host

    @classmethod
    def shared_clients(cls, watch: Callable[[Any], None], account: str | None = None) -> Clients:
        """Clients with one try for each call: botocore's retries pause in real time.

        :param watch: Takes each boto3 client that is made.
        :param account: Whose credentials they have, as moto takes it from a header.
        """

        def name_account(params: dict[str, Any], **_: Any) -> None:
            if account is not None:
                params["headers"]["x-moto-account-id"] = account

        class Watched(Clients):
            def _client(self, service: Any, **arguments: Any) -> Any:
                client = super()._client(service, **arguments)
                client.meta.events.register("before-call", name_account)
                return client

            def _make(self, service: Any, region: str, **options: Any) -> Any:
                client = super()._make(service, region, **options)
                watch(client)
                return client

        return Watched(AwsConfiguration(region="us-east-1", max_retries=0))


def _kill() -> None:
    raise Killed
