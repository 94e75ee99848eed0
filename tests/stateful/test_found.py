"""What the random sequences have found, each as the shortest sequence that shows it."""

from __future__ import annotations

import pytest
from stateful.stacks import StackInAccount
from stateful.weather import CREATE, UPDATE, Weather


def test_second_import_of_same_deployment_is_refused(stack: StackInAccount) -> None:
    """Both were adopted: whichever was taken out of the program would have deleted the other's."""
    arn = stack.stranger("theirs", stack.models[0])
    given = {"importId": arn, "modelArn": stack.models[0], "modelDeploymentName": "theirs"}
    stack.program = {"bot": given, "sales": given}

    assert not stack.up()

    stack.look()
    assert stack.engine.errors[-1].startswith("ImportMismatch: ") and arn in stack.engine.errors[-1]


def test_import_of_deployment_resumed_by_other_resource_is_refused(stack: StackInAccount) -> None:
    """A killed create's deployment was taken up by its own resource, and adopted by another one in the same run."""
    stack.program = {"bot": {"modelArn": stack.models[0]}}
    stack.up(Weather(slow=True, killed_after=5))
    [arn] = stack.live()
    stack.activate()
    stack.program["sales"] = {"importId": arn, "modelArn": stack.models[0]}

    assert not stack.up()

    stack.look()
    assert stack.engine.recorded == [arn]


def test_create_does_not_resume_deployment_adopted_by_other_resource(stack: StackInAccount) -> None:
    """The same, the other way round."""
    stack.program = {"bot": {"modelArn": stack.models[0]}}
    stack.up(Weather(slow=True, killed_after=5))
    [arn] = stack.live()
    stack.activate()
    kept = stack.program.pop("bot")
    stack.program = {"first": {"modelArn": stack.models[1]}, "sales": {"importId": arn, "modelArn": stack.models[0]}}
    stack.program["bot"] = kept

    stack.up(in_turn=True)

    stack.look()
    assert stack.engine.state["sales"].id == arn


def test_second_resource_with_same_token_is_refused(stack: StackInAccount) -> None:
    """AWS answered the second create with the first one's deployment, which was then in the state twice."""
    given = {"modelArn": stack.models[0], "modelDeploymentName": "fixed-one", "clientRequestToken": "token-1"}
    stack.program = {"bot": given}
    assert stack.up()
    stack.program["sales"] = given

    assert not stack.up()

    stack.look()
    assert stack.engine.errors[-1].startswith("TokenReplayed: ")


@pytest.mark.parametrize("fault", [{"error": "AccessDeniedException"}, {"kind": "activation", "outcome": "fail"}])
def test_forced_replacement_that_fails_keeps_deployment_with_remaining_mark(
    stack: StackInAccount, fault: dict[str, str]
) -> None:
    """The host takes the live deployment for one that an interrupted create left and that no longer matches the inputs.

    A forced replacement asks no `diff`, which would show that it is in the state. So it must stay until the new one is
    `Active`.
    """
    stack.program = {"bot": {"modelArn": stack.models[0]}}
    assert stack.up()
    stack.put_mark_back("bot")
    stack.program["bot"]["description"] = "Answers tickets"

    assert not stack.up(Weather(faults=({"operation": CREATE, **fault},)), force="bot")

    stack.look()
    assert set(stack.engine.recorded) <= stack.live().keys()


@pytest.mark.parametrize("more", [{}, {"clientRequestToken": "token-1", "modelDeploymentName": "fixed-one"}])
def test_interrupted_forced_replacement_with_remaining_mark_loses_nothing(
    stack: StackInAccount, more: dict[str, str]
) -> None:
    """The live deployment was resumed as its own replacement; the next run deleted it as the one that was replaced."""
    stack.stranger("theirs", stack.models[0])
    stack.program = {"bot": {"modelArn": stack.models[0], **more}}
    assert stack.up()
    stack.put_mark_back("bot")
    stack.program["sales"] = {"modelArn": stack.models[0], "modelDeploymentName": "theirs"}
    assert not stack.up(force="bot")
    stack.look()
    del stack.program["sales"]

    stack.up()

    stack.look()
    assert stack.engine.state["bot"].id in stack.live()


def test_interrupted_forced_replacement_with_given_token_loses_nothing(stack: StackInAccount) -> None:
    """AWS answers with the live deployment, which became its own replacement; the next run deleted the replaced one."""
    stack.stranger("theirs", stack.models[0])
    given = {"modelArn": stack.models[0], "modelDeploymentName": "fixed-one", "clientRequestToken": "token-1"}
    stack.program = {"bot": given}
    assert stack.up()
    stack.program["sales"] = {"modelArn": stack.models[0], "modelDeploymentName": "theirs"}
    assert not stack.up(force="bot")
    assert stack.engine.errors[0].startswith("TokenReplayed: ")
    assert stack.engine.to_be_deleted == []
    del stack.program["sales"]

    stack.up()

    stack.look()
    assert stack.engine.state["bot"].id in stack.live()


def test_interrupted_forced_replacement_with_import_option_loses_nothing(stack: StackInAccount) -> None:
    """The same, where the import finds the live deployment again."""
    stack.stranger("other", stack.models[0])
    arn = stack.stranger("theirs", stack.models[0])
    given = {"importId": arn, "modelArn": stack.models[0], "modelDeploymentName": "theirs"}
    stack.program = {"bot": given}
    assert stack.up()
    stack.program["sales"] = {"modelArn": stack.models[0], "modelDeploymentName": "other"}
    assert not stack.up(force="bot")
    del stack.program["sales"]

    stack.up()

    stack.look()
    assert arn in stack.live()


def test_replacement_without_diff_keeps_deployment(stack: StackInAccount) -> None:
    """Options such as `replacement_trigger` replace what `diff` called unchanged: the old one must go all the same."""
    stack.program = {"bot": {"modelArn": stack.models[0]}}
    assert stack.up()

    assert stack.up(trigger="bot")

    stack.look()
    assert [stack.engine.state["bot"].id] == list(stack.live())


def test_killed_update_in_place_is_completed_by_the_same_program(stack: StackInAccount) -> None:
    """After the second run, `look` and `up` compare AWS, state and program again."""
    stack.program = {"bot": {"modelArn": stack.models[0], "updateInPlace": True, "tags": {"team": "support"}}}
    assert stack.up()
    stack.program["bot"] |= {"modelArn": stack.models[1], "tags": {"stage": "dev"}}
    assert not stack.up(Weather(slow=True, killed_after=5))
    assert len(stack.changed_unseen) == 1

    assert stack.up()

    assert stack.changed_unseen == {}
    stack.look()


def test_program_that_goes_back_after_a_failed_update_in_place_is_repaired_by_refresh(stack: StackInAccount) -> None:
    """The tags were changed, the model wasn't, and the state knew of neither."""
    old = {"modelArn": stack.models[0], "updateInPlace": True, "tags": {"team": "support"}}
    stack.program = {"bot": old}
    stack.engine.default_tags = {"env": "dev"}
    assert stack.up()
    stack.program = {"bot": {**old, "modelArn": stack.models[1], "tags": {"stage": "dev"}}}
    failing = {"operation": UPDATE, "kind": "activation", "outcome": "fail", "count": 1}
    assert not stack.up(Weather(faults=(failing,)))
    stack.program = {"bot": old}
    assert stack.up(), "nothing differs from the state"
    [live] = stack.live().values()
    assert live["tags"] == {"stage": "dev", "env": "dev"}

    assert stack.refresh() and stack.up()

    stack.look()
    [live] = stack.live().values()
    assert live["tags"] == {"team": "support", "env": "dev"}
