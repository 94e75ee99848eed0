"""What the random sequences have found, each as the shortest sequence that shows it."""

from __future__ import annotations

from stateful.stacks import StackInAccount
from stateful.weather import Weather


def test_two_imports_of_one_deployment(stack: StackInAccount) -> None:
    """Both were adopted: whichever was taken out of the program would have deleted the other's."""
    arn = stack.stranger("theirs", stack.models[0])
    given = {"importId": arn, "modelArn": stack.models[0], "modelDeploymentName": "theirs"}
    stack.program = {"bot": given, "sales": given}

    assert not stack.up()

    stack.look()
    assert stack.engine.errors[-1].startswith("ImportMismatch: ") and arn in stack.engine.errors[-1]


def test_import_of_what_another_resource_goes_on_with(stack: StackInAccount) -> None:
    """A killed create's deployment was taken up by its own resource, and adopted by another one in the same run."""
    stack.program = {"bot": {"modelArn": stack.models[0]}}
    stack.up(Weather(slow=True, killed_after=5))
    [arn] = stack.live()
    stack.activate()
    stack.program["sales"] = {"importId": arn, "modelArn": stack.models[0]}

    assert not stack.up()

    stack.look()
    assert stack.engine.recorded == [arn]


def test_a_resource_does_not_go_on_with_what_another_has_adopted(stack: StackInAccount) -> None:
    """The same, the other way round."""
    stack.program = {"bot": {"modelArn": stack.models[0]}}
    stack.up(Weather(slow=True, killed_after=5))
    [arn] = stack.live()
    stack.activate()
    kept = stack.program.pop("bot")
    stack.program = {"first": {"modelArn": stack.models[1]}, "sales": {"importId": arn, "modelArn": stack.models[0]}}
    stack.program["bot"] = kept

    stack.up()

    stack.look()
    assert stack.engine.state["sales"].id == arn


def test_two_resources_with_one_token(stack: StackInAccount) -> None:
    """AWS answered the second create with the first one's deployment, which was then in the state twice."""
    given = {"modelArn": stack.models[0], "modelDeploymentName": "fixed-one", "clientRequestToken": "token-1"}
    stack.program = {"bot": given}
    assert stack.up()
    stack.program["sales"] = given

    assert not stack.up()

    stack.look()
    assert stack.engine.errors[-1].startswith("TokenReplayed: ")
