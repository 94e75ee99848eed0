"""`triggers` of a `ModelInvocation`: any values by name, but no assets, which the SDK can't read from a state."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from arns import ARN
from unit.mocked_program import UNKNOWN, Secret, run_program


def sent(triggers: Any, **options: Any) -> Any:
    """The triggers as the engine gets them."""
    registered = run_program(
        lambda: bedrock.ModelInvocation("ask", model_id=ARN, prompt="Hi", triggers=triggers()), **options
    )
    return registered["ask"].inputs.get("triggers")


class Made(pulumi.CustomResource):
    value: pulumi.Output[Any]

    def __init__(self) -> None:
        super().__init__("shop:index:Made", "made", {"value": None})


def test_values_are_sent_as_they_are() -> None:
    given = {"text": "a", "number": 1, "flag": True, "nothing": None, "nested": {"list": ["b", 2]}}
    assert sent(lambda: given) == given
    assert sent(lambda: None) is None
    assert sent(dict) == {}


def test_outputs_secrets_and_unknown_values_stay_what_they_are() -> None:
    def triggers() -> Any:
        return {"known": pulumi.Output.from_input("a"), "secret": pulumi.Output.secret("b"), "later": Made().value}

    assert sent(triggers, preview=True) == {"known": "a", "secret": Secret("b"), "later": UNKNOWN}
    assert sent(lambda: pulumi.Output.from_input({"a": "b"})) == {"a": "b"}


@pytest.mark.parametrize(
    "hold",
    [
        lambda asset: {"file": asset},
        lambda asset: {"files": [asset]},
        lambda asset: {"nested": {"file": asset}},
        lambda asset: {"file": pulumi.Output.from_input(asset)},
        lambda asset: pulumi.Output.from_input({"file": asset}),
    ],
)
@pytest.mark.parametrize("asset", [pulumi.StringAsset("text"), pulumi.AssetArchive({})])
def test_asset_is_refused(hold: Any, asset: Any) -> None:
    with pytest.raises(pulumi.RunError) as failure:
        sent(lambda: hold(asset))
    assert str(failure.value) == '"ask": triggers: can\'t hold an asset or an archive; give a hash of its content'


@pytest.mark.parametrize("given", [["a"], "a", 1])
@pytest.mark.parametrize("wrap", [lambda value: value, pulumi.Output.from_input])
def test_other_form_is_refused(given: Any, wrap: Any) -> None:
    with pytest.raises(pulumi.RunError) as failure:
        sent(lambda: wrap(given))
    assert str(failure.value) == '"ask": triggers: must be a mapping, such as {"model": deployment.model_arn}'
