"""The `aws:` settings of a stack, read as pulumi_aws reads them; what would be ignored to someone's harm is refused."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.errors import ConfigurationError
from pulumi_bedrock.values.configuration import AwsConfiguration, default_tags

WITHOUT_EFFECT = {
    "retryMode",
    "s3UsEast1RegionalEndpoint",
    "s3UsePathStyle",
    "skipCredentialsValidation",
    "skipRegionValidation",
    "tagPolicyCompliance",
    "tokenBucketRateLimiterCapacity",
    "userAgents",
}
"""They change neither where calls go nor as whom."""


def read(**settings: Any) -> AwsConfiguration:
    """The configuration, structured settings as the JSON strings that Pulumi hands on."""
    texts = {
        key: value if value is None or isinstance(value, str) else json.dumps(value) for key, value in settings.items()
    }
    return AwsConfiguration.read(texts.get)


def test_empty_configuration_is_valid() -> None:
    assert read() == AwsConfiguration()


def test_plain_settings_are_kept() -> None:
    configuration = read(region="us-east-1", profile="work", accessKey="a", secretKey="b", token="c", maxRetries="7")

    assert configuration == AwsConfiguration(
        region="us-east-1", profile="work", access_key="a", secret_key="b", token="c", max_retries=7
    )


def test_endpoints_of_all_entries_are_merged() -> None:
    entries = [{"bedrock": "http://one", "s3": ""}, {"bedrockruntime": "http://two", "sts": "http://three"}]

    assert read(endpoints=entries).endpoints == {
        "bedrock": "http://one",
        "bedrockruntime": "http://two",
        "sts": "http://three",
    }


def test_roles_keep_order() -> None:
    roles = [{"roleArn": "arn:1"}, {"roleArn": "arn:2", "externalId": "x"}]

    assert read(assumeRoles=roles).assume_roles == tuple(roles)


def test_names_of_a_program_s_dictionary_are_read() -> None:
    """pulumi_aws passes on the names in `assume_roles=[{"role_arn": …}]` as they are."""
    configuration = read(assumeRoles=[{"role_arn": "arn:1", "tags": {"a_b": "c"}}], ignoreTags={"key_prefixes": ["a"]})

    assert configuration.assume_roles == ({"roleArn": "arn:1", "tags": {"a_b": "c"}},)
    assert configuration.ignores_tag("ab")


@pytest.mark.parametrize("empty", ["", "[]", None])
def test_empty_structured_setting_is_none(empty: str | None) -> None:
    assert read(endpoints=empty, assumeRoles=empty) == AwsConfiguration()


def test_structured_settings_are_accepted_without_json() -> None:
    """`pulumi.Config` hands on strings; another getter may not."""
    settings = {"endpoints": [{"bedrock": "http://one"}], "ignoreTags": {"keys": ["a"]}}

    configuration = AwsConfiguration.read(settings.get)

    assert configuration.endpoints == {"bedrock": "http://one"}
    assert configuration.ignores_tag("a")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"endpoints": "no json"}, "aws:endpoints is not JSON."),
        ({"endpoints": {"bedrock": "x"}}, "aws:endpoints must be a list, as pulumi_aws takes it."),
        ({"endpoints": ["x"]}, "aws:endpoints must be a list of mappings, as pulumi_aws takes it."),
        ({"assumeRoles": {"roleArn": "x"}}, "aws:assumeRoles must be a list, as pulumi_aws takes it."),
        ({"assumeRoles": ["x"]}, "aws:assumeRoles must be a list of mappings, as pulumi_aws takes it."),
        ({"ignoreTags": ["x"]}, "aws:ignoreTags must be a mapping, as pulumi_aws takes it."),
        ({"ignoreTags": "{"}, "aws:ignoreTags is not JSON."),
        ({"maxRetries": "many"}, "aws:maxRetries must be a whole number."),
        ({"useFipsEndpoint": "yes"}, "aws:useFipsEndpoint must be true or false."),
        ({"allowedAccountIds": ["prod"]}, "aws:allowedAccountIds must be a list of account IDs, each of 12 digits."),
        ({"forbiddenAccountIds": "1"}, "aws:forbiddenAccountIds must be a list, as pulumi_aws takes it."),
    ],
)
def test_malformed_setting_is_reported(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as failure:
        read(**settings)

    assert str(failure.value) == said


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("assumeRole", "pulumi_aws 7 spells it aws:assumeRoles"),
        ("assumeRoleWithWebIdentity", "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE instead"),
        ("noProxy", "set NO_PROXY and HTTPS_PROXY in the environment instead"),
        ("sharedConfigFiles", "set AWS_CONFIG_FILE instead"),
        ("sharedCredentialsFiles", "set AWS_SHARED_CREDENTIALS_FILE instead"),
    ],
)
def test_unsupported_account_setting_is_refused(setting: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as failure:
        read(**{setting: "[]"})

    assert str(failure.value) == f"aws:{setting} is not supported by pulumi_bedrock: {said}."


def test_insecure_is_refused_only_when_it_is_true() -> None:
    assert read(insecure="false") == AwsConfiguration()
    with pytest.raises(ConfigurationError) as failure:
        read(insecure="true")

    assert str(failure.value) == (
        "aws:insecure is not supported by pulumi_bedrock: certificates are always verified. Set aws:customCaBundle "
        "instead."
    )


# Keys


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"accessKey": "s3cret"}, "aws:secretKey is not set, but aws:accessKey is."),
        ({"secretKey": "s3cret"}, "aws:accessKey is not set, but aws:secretKey is."),
        ({"token": "s3cret"}, "aws:accessKey is not set, but aws:token is."),
        ({"accessKey": "", "secretKey": "s3cret"}, "aws:accessKey is empty."),
        ({"accessKey": "s3cret", "secretKey": " \n"}, "aws:secretKey is empty."),
        ({"accessKey": "", "secretKey": ""}, "aws:accessKey is empty."),
    ],
)
def test_half_a_pair_of_keys_is_an_error(settings: dict[str, str], said: str) -> None:
    """boto3 would find other credentials instead, perhaps of another account."""
    with pytest.raises(ConfigurationError) as failure:
        read(**settings)

    assert str(failure.value) == f"{said} Set both aws:accessKey and aws:secretKey, or remove both."


# Guards of the account


def test_account_ids_may_be_numbers() -> None:
    """`pulumi config set --path 'aws:allowedAccountIds[0]' 123456789012` stores a number."""
    assert read(allowedAccountIds="[123456789012]").allowed_accounts == {"123456789012"}
    assert read(forbiddenAccountIds=["012345678901"]).forbidden_accounts == {"012345678901"}


def test_empty_guards_guard_nothing() -> None:
    assert read(allowedAccountIds="[]", forbiddenAccountIds="[]", skipRequestingAccountId="true") == AwsConfiguration(
        skip_requesting_account_id=True
    )


def test_two_guards_are_refused() -> None:
    with pytest.raises(ConfigurationError) as failure:
        read(allowedAccountIds=["123456789012"], forbiddenAccountIds=["210987654321"])

    assert str(failure.value) == "aws:allowedAccountIds and aws:forbiddenAccountIds can't both be set."


@pytest.mark.parametrize("guard", ["allowedAccountIds", "forbiddenAccountIds"])
def test_guard_that_could_not_be_checked_is_refused(guard: str) -> None:
    with pytest.raises(ConfigurationError) as failure:
        read(**{guard: ["123456789012"], "skipRequestingAccountId": "true"})

    assert str(failure.value) == (
        f"aws:{guard} can't be checked with aws:skipRequestingAccountId. Remove aws:skipRequestingAccountId."
    )


# Completeness


def test_every_setting_of_pulumi_aws_is_supported_refused_or_without_effect_here() -> None:
    """A new setting must not be ignored unseen: it may change which account is called."""
    package = importlib.util.find_spec("pulumi_aws")
    if package is None:
        pytest.skip("pulumi_aws is not installed: the other Pythons' environments have only what the package needs")
    assert package.origin is not None
    source = (Path(package.origin).parent / "config/vars.py").read_text()
    settings = set(re.findall(r"__config__\.get\w*\('(\w+)'\)", source))
    asked: set[str] = set()

    def get(key: str) -> None:
        asked.add(key)

    AwsConfiguration.read(get)
    default_tags(get)

    assert settings, "pulumi_aws keeps its settings elsewhere"
    assert settings - asked == WITHOUT_EFFECT


def test_repr_hides_secrets() -> None:
    configuration = read(accessKey="s3cret-a", secretKey="s3cret-b", token="s3cret-c", region="us-east-1")

    assert "s3cret" not in repr(configuration)
    assert "us-east-1" in repr(configuration)


@given(st.lists(st.text(min_size=1)), st.lists(st.text(min_size=1)), st.text())
def test_tags_are_ignored_by_key_or_prefix(keys: list[str], prefixes: list[str], key: str) -> None:
    configuration = read(ignoreTags={"keys": keys, "keyPrefixes": prefixes})

    assert configuration.ignores_tag(key) == (key in keys or any(key.startswith(text) for text in prefixes))


@pytest.mark.parametrize(
    ("setting", "tags"),
    [
        (None, {}),
        ("", {}),
        ("{}", {}),
        ('{"tags": null}', {}),
        ('{"tags": {"env": "dev"}}', {"env": "dev"}),
    ],
)
def test_default_tags_are_read(setting: str | None, tags: dict[str, str]) -> None:
    assert default_tags({"defaultTags": setting}.get) == tags


def test_malformed_default_tags_are_reported() -> None:
    with pytest.raises(ConfigurationError, match="aws:defaultTags must be a mapping, as pulumi_aws takes it"):
        default_tags({"defaultTags": "[]"}.get)


def test_default_tags_of_environment_come_below_configured_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in pulumi_aws, tag by tag. Its own tags come above both."""
    monkeypatch.setenv("TF_AWS_DEFAULT_TAGS_team", "everyone")
    monkeypatch.setenv("TF_AWS_DEFAULT_TAGS_abc:bus:owner", "Cloud Platforms")
    monkeypatch.setenv("TF_AWS_DEFAULT_TAGS_", "no key")

    assert default_tags({}.get) == {"team": "everyone", "abc:bus:owner": "Cloud Platforms"}
    assert default_tags({"defaultTags": '{"tags": {"team": "support"}}'}.get) == {
        "team": "support",
        "abc:bus:owner": "Cloud Platforms",
    }


def test_ignored_tags_of_environment_and_configuration_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_AWS_IGNORE_TAGS_KEYS", "LastScanned, cmdb:asset-id")
    monkeypatch.setenv("TF_AWS_IGNORE_TAGS_KEY_PREFIXES", "k8s.io/,")

    found = read(ignoreTags={"keys": ["own"], "keyPrefixes": ["auto:"]})

    ignored = ["LastScanned", "cmdb:asset-id", "k8s.io/x", "own", "auto:x"]
    assert [key for key in [*ignored, "team"] if found.ignores_tag(key)] == ignored
