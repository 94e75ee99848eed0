"""What everybody else can do in the account, and what must be true after each step of a random sequence."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pulumi_bedrock.aws.operations import operations
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from pulumi_bedrock.local.quotas import QUOTA
from pulumi_bedrock.values.kinds import DEPLOYMENT
from stateful.declarations import names
from stateful.program import kind_of
from stateful.stacks import StackInAccount
from stateful.weather import CLEAR, UPDATE

__all__ = ["World"]


class World(RuleBasedStateMachine):
    """An account with two stages of one program: the user works on one of them at a time."""

    make_stack: Callable[[], StackInAccount]

    def __init__(self) -> None:
        super().__init__()
        self.stack = type(self).make_stack()
        self.other = self.stack.neighbour("prod")

    @rule(name=st.sampled_from(["fixed-one", "fixed-two", "theirs"]), model=st.sampled_from([0, 1]))
    def stranger(self, name: str, model: int) -> None:
        """Somebody else makes a deployment, perhaps of a name that this stack wants."""
        taken = {live["name"] for live in self.stack.live().values()}
        assume(name not in taken and self.stack.has_room)
        self.stack.stranger(name, self.stack.models[model])

    @rule(room=st.sampled_from([0, 1]))
    def full_account(self, room: int) -> None:
        """Deployments of others take all places of the account, or all but one."""
        while self.stack.has_room and len(self.stack.deployments()) < QUOTA - room:
            self.stack.stranger(f"many-{len(self.stack.strangers)}", self.stack.models[0])

    @precondition(lambda self: self._marks())
    @rule(data=st.data())
    def copied_mark(self, data: st.DataObject) -> None:
        """The mark of an unfinished deployment of any stack is copied to another deployment, as tags are."""
        mark = data.draw(st.sampled_from(list(self._marks().values())))
        free = [arn for arn in self.stack.live() if arn not in self._marks()]
        assume(free)
        self._tag(data.draw(st.sampled_from(free)), mark)

    @rule(name=names)
    def like_named(self, name: str) -> None:
        """Somebody else has a deployment with a name like an automatic one, and with a copied mark."""
        engine, like = self.stack.engine, f"{name.rpartition('/')[2]}-1234567"
        taken = {live["name"] for live in self.stack.live().values()}
        if like not in taken and self.stack.has_room:
            arn = self.stack.stranger(like, self.stack.models[0])
            self._tag(arn, Mark.of(engine.owner(name), engine.identity, "the deployment that has it").value)

    def _marks(self) -> dict[str, str]:
        return {arn: live["tags"][MARK] for arn, live in self.stack.live().items() if MARK in live["tags"]}

    def _tag(self, arn: str, mark: str) -> None:
        self.stack.local.client("bedrock").tag_resource(resourceARN=arn, tags=[{"key": MARK, "value": mark}])

    @precondition(lambda self: self.stack.live())
    @rule(data=st.data(), how=st.sampled_from(["delete", "update", "updating", "tag", "untag", "fail"]))
    def changed_outside(self, data: st.DataObject, how: str) -> None:
        """Somebody deletes or changes a deployment or a custom model, or it fails by itself."""
        arn = data.draw(st.sampled_from(list(self.stack.live())))  # by age: an order of random ARNs can't be repeated
        client, kind = self.stack.local.client("bedrock"), self.stack.live()[arn]["kind"]
        in_use = any(arn in str(live) for each, live in self.stack.deployments().items() if each != arn)
        assume(not (how == "delete" and in_use) and (kind is DEPLOYMENT or how not in ("update", "updating")))
        for stack in self.stack.stacks:
            stack.changed_unseen[arn] = None
        if how == "delete":
            self.stack.may_be_gone.add(arn)
            operations(kind, client).delete(**{kind.identifier: arn})
        elif how in ("update", "updating"):
            live = self.stack.live()[arn]
            updating = live.get("updateDetails", {}).get("updateStatus") == "Updating"
            assume(live["status"] == "Active" and not updating)
            if how == "updating":
                self.stack.local.add_fault(operation=UPDATE, kind="activation", outcome="never", count=1)
            other = next(model for model in self.stack.models if model != self.stack.live()[arn]["modelArn"])
            client.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other)
        elif how == "tag":
            client.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "changed"}])
        elif how == "untag":
            client.untag_resource(resourceARN=arn, tagKeys=["team"])
        else:
            self.stack.local.set_status(arn, "Failed", failure_message="The hardware broke.")

    @rule()
    def time_passes(self) -> None:
        """What was being created is Active."""
        self.stack.activate()

    # What must be true

    @invariant()
    def nothing_is_lost(self) -> None:
        """After each rule. What is recorded is finished."""
        self.stack.look()
        live = self.stack.live()
        for stack in (self.stack, self.other):
            marked = [arn for arn in stack.engine.recorded if arn in live and stack.is_marked(live[arn])]
            assert not marked, f"in the state, and marked as unfinished: {marked}"

    def teardown(self) -> None:
        """In good weather, a last `up` takes up or removes what is left of whatever it creates."""
        self.stack.activate()
        self._last_up()
        self.stack, self.other = self.other, self.stack
        self._last_up()

    def _last_up(self) -> None:
        before = len(self.stack.screen)
        if self.stack.up(CLEAR):
            for arn, live in self.stack.live().items():
                reported = any(f"-identifier {arn}" in line for line in self.stack.screen[before:])
                if arn not in self.stack.engine.recorded and not reported:
                    # An import adopts one deployment, and searches for no other.
                    # One whose given name has changed since has another name than this resource gives now.
                    given = {name: self.stack.program[name] for name in self.stack.engine.created}
                    wanted = (None, live["name"])
                    created = {
                        name
                        for name, arguments in given.items()
                        if "importId" not in arguments and arguments.get(kind_of(arguments).name) in wanted
                    }
                    left = [name for name in created if self.stack.is_marked(live, name)]
                    assert not left, f"{arn} is left though {left} was created: {self.stack.screen[before:]}"
        self.stack.look()
