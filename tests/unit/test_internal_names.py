"""The names in the state of properties that only this package uses."""

from __future__ import annotations

from pulumi_bedrock.host.base_provider import from_wire, to_wire

OWN = {"autoNamed": True, "importShown": ["tags"], "inheritedProvider": True, "owner": {"stack": "dev"}, "tags": {}}
STORED = {
    "__autoNamed": True,
    "__importShown": ["tags"],
    "__inheritedProvider": True,
    "__owner": {"stack": "dev"},
    "tags": {},
}


def test_state_names_internal_properties_with_two_underscores() -> None:
    assert to_wire(OWN) == STORED
    assert from_wire(STORED) == OWN


def test_names_of_earlier_version_are_read() -> None:
    assert from_wire(OWN) == OWN


def test_names_that_the_state_has_can_stay() -> None:
    assert to_wire(OWN, keep=["owner", "autoNamed"]) == {
        "autoNamed": True,
        "__importShown": ["tags"],
        "__inheritedProvider": True,
        "owner": {"stack": "dev"},
        "tags": {},
    }
