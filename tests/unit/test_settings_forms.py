"""`pulumi config set --path` stores what looks like a number or a boolean as one, and pulumi_aws reads a string."""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi_bedrock as bedrock
import pytest
from arns import MODEL
from pulumi_bedrock.errors import ConfigurationError
from pulumi_bedrock.values.configuration import AwsConfiguration, default_tags
from unit.mocked_program import run_program


def reading(**settings: Any) -> AwsConfiguration:
    """The configuration with structured settings, as Pulumi passes them on."""
    return AwsConfiguration.read({key: json.dumps(value) for key, value in settings.items()}.get)


TEXTS = [(1234, "1234"), (True, "true"), (False, "false"), (1.5, "1.5"), ("01", "01"), (1234.0, "1234")]


@pytest.mark.parametrize(("given", "text"), TEXTS)
def test_default_tag_is_read_as_text(given: Any, text: str) -> None:
    assert default_tags({"defaultTags": json.dumps({"tags": {"cost": given}})}.get) == {"cost": text}


@pytest.mark.parametrize(("given", "text"), TEXTS)
def test_own_tag_is_sent_as_text(given: Any, text: str) -> None:
    registered = run_program(lambda: bedrock.CustomModelDeployment("bot", model_arn=MODEL, tags={"cost": given}))
    assert registered["bot"].inputs["tags"] == registered["bot"].inputs["tagsAll"] == {"cost": text}


def test_ignored_tag_is_read_as_text() -> None:
    configuration = reading(ignoreTags={"keys": [1234], "keyPrefixes": [56, True]})
    assert [key for key in ("1234", "56x", "truex", "x") if configuration.ignores_tag(key)] == ["1234", "56x", "truex"]


def test_external_id_and_tags_of_a_role_are_read_as_text() -> None:
    [role] = reading(assumeRoles=[{"roleArn": "arn:r", "externalId": 1234567, "tags": {"a": 1}}]).assume_roles
    assert role == {"roleArn": "arn:r", "externalId": "1234567", "tags": {"a": "1"}}


@pytest.mark.parametrize("key", ["keys", "keyPrefixes"])
@pytest.mark.parametrize("given", ["team-", {"a": "b"}, [["a"]], [None]])
def test_ignored_tags_of_a_wrong_form_name_the_setting(key: str, given: Any) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(f"aws:ignoreTags.{key} must be a list of strings")):
        reading(ignoreTags={key: given})


@pytest.mark.parametrize("given", [["a"], {"b": "c"}])
def test_default_tag_of_a_wrong_form_is_an_error(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="aws:defaultTags must hold a mapping of strings"):
        default_tags({"defaultTags": json.dumps({"tags": {"cost": given}})}.get)


def test_keys_of_a_dictionary_in_a_program_are_read() -> None:
    """`assume_roles=[{"role_arn": …}]`: pulumi_aws translates the keys of its own classes only."""
    role = {"role_arn": "arn:r", "external_id": "e", "tags": {"cost_centre": "1"}}
    found = reading(assumeRoles=[role], ignoreTags={"keys": ["a_b"], "key_prefixes": ["team_"]})
    assert found.assume_roles == ({"roleArn": "arn:r", "externalId": "e", "tags": {"cost_centre": "1"}},)
    assert [key for key in ("a_b", "team_x", "aB") if found.ignores_tag(key)] == ["a_b", "team_x"]


def test_default_tags_keep_their_keys() -> None:
    assert default_tags({"defaultTags": json.dumps({"tags": {"cost_centre": "1"}})}.get) == {"cost_centre": "1"}
