"""A stack's configuration as boto3 sees it: Region, account, endpoints, retries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.session import make_session
from pulumi_bedrock.errors import ConfigurationError
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.configuration import AwsConfiguration
from unit.sent_requests import Sent, record


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """What leaves this process."""
    return record(monkeypatch)


@pytest.fixture
def use_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile `work`, with a Region and keys."""
    config = tmp_path / "config"
    config.write_text(
        "[profile work]\nregion = eu-north-1\naws_access_key_id = work-key\naws_secret_access_key = work-secret\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))


@pytest.fixture
def keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "environment-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "environment-secret")


def look(configuration: AwsConfiguration, local_bedrock: LocalBedrock, region: str = "us-east-1") -> None:
    """One call that any client can make, at the local Bedrock unless the configuration says otherwise."""
    with pytest.raises(ClientError, match="ResourceNotFound"):
        Clients(configuration).bedrock(region).get_custom_model_deployment(customModelDeploymentIdentifier="nobody")


# Region


def test_configured_region_comes_first(monkeypatch: pytest.MonkeyPatch, use_profile: None) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-south-1")

    assert Clients(AwsConfiguration(region="us-west-2", profile="work")).region == "us-west-2"


def test_environment_region_comes_second(monkeypatch: pytest.MonkeyPatch, use_profile: None) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-2")

    assert Clients(AwsConfiguration(profile="work")).region == "ap-south-1"


def test_aws_default_region_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-2")

    assert Clients(AwsConfiguration()).region == "ap-south-2"


def test_profile_region_comes_last(use_profile: None) -> None:
    assert Clients(AwsConfiguration(profile="work")).region == "eu-north-1"


def test_environment_profile_is_used(use_profile: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")

    assert Clients(AwsConfiguration()).region == "eu-north-1"


def test_region_may_be_missing() -> None:
    assert Clients(AwsConfiguration()).region is None


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_missing_profile_is_reported(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if where == "environment":
        monkeypatch.setenv("AWS_PROFILE", "nobody")
    clients = Clients(AwsConfiguration(profile="nobody" if where == "configuration" else None))

    with pytest.raises(
        ConfigurationError,
        match=r"The config profile \(nobody\) could not be found\. Check aws:profile and AWS_PROFILE\.",
    ):
        _ = clients.region


# Account and endpoint


def test_configured_keys_override_environment(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    keys_in_the_environment: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)

    look(AwsConfiguration(access_key="stack-key", secret_key="stack-secret", token="stack-token"), local_bedrock)

    [request] = sent
    assert request.access_key == "stack-key"
    assert request.headers["X-Amz-Security-Token"] == "stack-token"


def test_profile_keys_are_used(
    local_bedrock: LocalBedrock, sent: list[Sent], use_profile: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)

    look(AwsConfiguration(profile="work"), local_bedrock)

    assert sent[0].access_key == "work-key"


def test_configured_profile_overrides_keys_in_environment(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    use_profile: None,
    keys_in_the_environment: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in pulumi_aws; boto3 by itself does so for a profile that is given in code."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)

    look(AwsConfiguration(profile="work"), local_bedrock)

    assert sent[0].access_key == "work-key"


def test_configured_endpoint_overrides_environment(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    keys_in_the_environment: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    look(AwsConfiguration(endpoints={"bedrock": local_bedrock.endpoint_url}), local_bedrock)

    assert sent[0].url.startswith(local_bedrock.endpoint_url)


def test_service_endpoint_in_environment_is_used(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    keys_in_the_environment: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", local_bedrock.endpoint_url)

    look(AwsConfiguration(), local_bedrock)

    assert sent[0].url.startswith(local_bedrock.endpoint_url)


def test_runtime_has_its_own_endpoint(
    local_bedrock: LocalBedrock, sent: list[Sent], keys_in_the_environment: None
) -> None:
    clients = Clients(AwsConfiguration(endpoints={"bedrockruntime": local_bedrock.endpoint_url}))

    with pytest.raises(ClientError, match="ValidationException"):
        clients.bedrock_runtime("us-east-1", read_timeout=60).converse(
            modelId="nobody", messages=[{"role": "user", "content": [{"text": "Hello"}]}]
        )

    assert sent[0].path == "/model/nobody/converse"


def test_default_endpoint_is_aws(keys_in_the_environment: None) -> None:
    assert Clients(AwsConfiguration()).bedrock("eu-west-1").meta.endpoint_url == (
        "https://bedrock.eu-west-1.amazonaws.com"
    )


def test_call_is_signed_for_its_region(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    keys_in_the_environment: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)

    look(AwsConfiguration(region="us-east-1"), local_bedrock, region="eu-west-1")

    assert (sent[0].region, sent[0].service) == ("eu-west-1", "bedrock")


def test_user_agent_names_provider(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    keys_in_the_environment: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)

    look(AwsConfiguration(), local_bedrock)

    assert "pulumi-bedrock/" in sent[0].headers["User-Agent"]


# Retries


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out botocore's pauses between attempts."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.mark.parametrize(("max_retries", "tries"), [(None, 5), (0, 1), (1, 2), (7, 8)])
def test_max_retries_limits_attempts(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    keys_in_the_environment: None,
    no_backoff: None,
    monkeypatch: pytest.MonkeyPatch,
    max_retries: int | None,
    tries: int,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)
    local_bedrock.add_fault(operation="GetCustomModelDeployment", error="InternalServerException")
    client = Clients(AwsConfiguration(max_retries=max_retries)).bedrock("us-east-1")

    with pytest.raises(ClientError, match="InternalServerException"):
        client.get_custom_model_deployment(customModelDeploymentIdentifier="nobody")

    assert len(sent) == tries


def test_all_attempts_of_create_send_same_token(
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    keys_in_the_environment: None,
    no_backoff: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)
    model_arn = local_bedrock.create_custom_model("support")
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", kind="close", when="after", count=2)
    client = Clients(AwsConfiguration()).bedrock("us-east-1")

    client.create_custom_model_deployment(modelDeploymentName="bot", modelArn=model_arn, clientRequestToken="token-1")

    assert len(sent) == 3
    assert all('"clientRequestToken": "token-1"' in request.body for request in sent)
    assert len(local_bedrock.deployments()) == 1


def test_model_call_is_attempted_once(
    local_bedrock: LocalBedrock, sent: list[Sent], keys_in_the_environment: None
) -> None:
    clients = Clients(AwsConfiguration(endpoints={"bedrockruntime": local_bedrock.endpoint_url}))
    local_bedrock.add_fault(operation="Converse", error="InternalServerException")

    with pytest.raises(ClientError, match="InternalServerException"):
        runtime(clients, 60).converse(modelId="nobody", messages=[{"role": "user", "content": [{"text": "Hello"}]}])

    assert len(sent) == 1


# Sharing


def runtime(clients: Clients, read_timeout: float) -> Any:
    return clients.bedrock_runtime("us-east-1", read_timeout=read_timeout)


def test_clients_are_created_once_per_service_and_region(keys_in_the_environment: None) -> None:
    clients = Clients(AwsConfiguration())

    assert clients.bedrock("us-east-1") is clients.bedrock("us-east-1")
    assert clients.bedrock("us-east-1") is not clients.bedrock("eu-west-1")
    assert clients.bedrock("us-east-1") is not runtime(clients, 60)


def test_runtime_clients_are_shared_by_calls_with_the_same_read_timeout(keys_in_the_environment: None) -> None:
    clients = Clients(AwsConfiguration())

    first = runtime(clients, 59.2)

    assert first.meta.config.read_timeout == 60
    assert runtime(clients, 59.9) is first
    assert runtime(clients, 0.2).meta.config.read_timeout == 1


# Roles


@pytest.fixture
def assume(
    local_bedrock: LocalBedrock, keys_in_the_environment: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Makes one call through these roles."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)

    def call(*roles: dict[str, object]) -> None:
        look(AwsConfiguration(region="eu-west-1", assume_roles=roles), local_bedrock, region="eu-west-1")

    return call


def test_role_is_assumed_before_call(assume: Callable[..., None], sent: list[Sent]) -> None:
    assume({"roleArn": "arn:aws:iam::123456789012:role/deployer"})

    role, call = sent
    assert role.service == "sts"
    assert role.region == "eu-west-1"
    assert role.access_key == "environment-key"
    assert role.query["Action"] == "AssumeRole"
    assert role.query["RoleArn"] == "arn:aws:iam::123456789012:role/deployer"
    assert role.query["RoleSessionName"] == "pulumi-bedrock"
    assert call.service == "bedrock"
    assert call.access_key not in ("environment-key", "")
    assert "X-Amz-Security-Token" in call.headers


def test_roles_are_assumed_in_order(assume: Callable[..., None], sent: list[Sent]) -> None:
    assume(
        {"roleArn": "arn:aws:iam::123456789012:role/first"},
        {"roleArn": "arn:aws:iam::123456789012:role/second", "sessionName": "deploy"},
    )

    first, second, call = sent
    assert first.query["RoleArn"].endswith("role/first")
    assert second.query["RoleArn"].endswith("role/second")
    assert second.query["RoleSessionName"] == "deploy"
    assert len({first.access_key, second.access_key, call.access_key}) == 3


def test_every_role_setting_is_sent_to_sts(assume: Callable[..., None], sent: list[Sent]) -> None:
    assume(
        {
            "roleArn": "arn:aws:iam::123456789012:role/deployer",
            "sessionName": "deploy",
            "duration": "1h",
            "externalId": "partner-7",
            "policy": '{"Version": "2012-10-17", "Statement": []}',
            "policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "sourceIdentity": "ann",
            "tags": {"team": "support"},
            "transitiveTagKeys": ["team"],
        }
    )

    query = sent[0].query
    assert query["DurationSeconds"] == "3600"
    assert query["ExternalId"] == "partner-7"
    assert query["Policy"] == '{"Version": "2012-10-17", "Statement": []}'
    assert query["PolicyArns.member.1.arn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert query["SourceIdentity"] == "ann"
    assert query["Tags.member.1.Key"] == "team"
    assert query["Tags.member.1.Value"] == "support"
    assert query["TransitiveTagKeys.member.1"] == "team"


def test_role_is_assumed_once_for_many_calls(
    local_bedrock: LocalBedrock,
    keys_in_the_environment: None,
    sent: list[Sent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)
    role = {"roleArn": "arn:aws:iam::123456789012:role/deployer"}
    client = Clients(AwsConfiguration(assume_roles=(role,))).bedrock("us-east-1")

    for _ in range(3):
        client.list_custom_model_deployments()

    assert [request.service for request in sent] == ["sts", "bedrock", "bedrock", "bedrock"]


def test_sts_has_its_own_endpoint(local_bedrock: LocalBedrock, keys_in_the_environment: None, sent: list[Sent]) -> None:
    endpoints = {"sts": local_bedrock.endpoint_url, "bedrock": local_bedrock.endpoint_url}
    role = {"roleArn": "arn:aws:iam::123456789012:role/deployer"}

    look(AwsConfiguration(assume_roles=(role,), endpoints=endpoints), local_bedrock)

    assert sent[0].url.startswith(local_bedrock.endpoint_url)


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ({}, "aws:assumeRoles: each entry needs a roleArn."),
        (
            {"roleArn": "arn:aws:iam::123456789012:role/a", "duration": "soon"},
            'aws:assumeRoles: duration must be like "1h" or "30m".',
        ),
    ],
)
def test_failed_assume_role_is_reported(role: dict[str, object], said: str) -> None:
    configuration = AwsConfiguration(access_key="a", secret_key="b", assume_roles=(role,))

    with pytest.raises(ConfigurationError) as failure:
        Clients(configuration).bedrock("us-east-1").meta  # noqa: B018

    assert str(failure.value) == said


def test_assume_role_without_credentials_is_reported() -> None:
    role = {"roleArn": "arn:aws:iam::123456789012:role/deployer"}

    with pytest.raises(ConfigurationError) as failure:
        Clients(AwsConfiguration(assume_roles=(role,))).bedrock("us-east-1").meta  # noqa: B018

    assert str(failure.value) == (
        "aws:assumeRoles: there are no credentials with which to assume arn:aws:iam::123456789012:role/deployer."
    )


@pytest.mark.parametrize(
    ("settings", "role", "region"),
    [
        ({"sts_region": "eu-west-3", "region": "eu-west-1"}, "arn:aws:iam::123456789012:role/a", "eu-west-3"),
        ({"profile": "work"}, "arn:aws:iam::123456789012:role/a", "eu-north-1"),
        ({"AWS_DEFAULT_REGION": "us-gov-east-1"}, "arn:aws-us-gov:iam::123456789012:role/a", "us-gov-east-1"),
        ({}, "arn:aws:iam::123456789012:role/a", "us-east-1"),
        ({}, "arn:aws-us-gov:iam::123456789012:role/a", "us-gov-west-1"),
        ({}, "arn:aws-cn:iam::123456789012:role/a", "cn-north-1"),
    ],
    ids=["stsRegion", "profile", "environment", "none", "none, GovCloud", "none, China"],
)
def test_role_is_assumed_in_the_region_that_is_set_anywhere(
    local_bedrock: LocalBedrock,
    keys_in_the_environment: None,
    use_profile: None,
    sent: list[Sent],
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    role: str,
    region: str,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_bedrock.endpoint_url)
    if "AWS_DEFAULT_REGION" in settings:
        monkeypatch.setenv("AWS_DEFAULT_REGION", settings.pop("AWS_DEFAULT_REGION"))
    configuration = AwsConfiguration(assume_roles=({"roleArn": role},), **settings)  # type: ignore[arg-type]

    look(configuration, local_bedrock)

    assert [(request.service, request.region) for request in sent] == [("sts", region), ("bedrock", "us-east-1")]


# What changes how calls go


def test_fips_and_dualstack_endpoints_are_those_of_aws(keys_in_the_environment: None) -> None:
    def endpoint(configuration: AwsConfiguration) -> str:
        return str(Clients(configuration).bedrock("us-east-1").meta.endpoint_url)

    assert endpoint(AwsConfiguration(use_fips_endpoint=True)) == "https://bedrock-fips.us-east-1.amazonaws.com"
    assert endpoint(AwsConfiguration(use_dualstack_endpoint=True)) == "https://bedrock.us-east-1.api.aws"


def test_fips_endpoint_in_the_environment_still_counts(
    keys_in_the_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")

    assert "bedrock-fips" in Clients(AwsConfiguration()).bedrock("us-east-1").meta.endpoint_url


def test_proxies_and_ca_bundle_reach_every_client(
    keys_in_the_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    create = botocore.session.Session.create_client

    def creating(session: Any, *arguments: Any, **named: Any) -> Any:
        client = create(session, *arguments, **named)
        made.append((client, session.get_config_variable("ca_bundle")))
        return client

    monkeypatch.setattr(botocore.session.Session, "create_client", creating)
    proxies = {"http": "http://proxy:1", "https": "http://proxy:2"}
    bundle = tmp_path / "ca.pem"
    configuration = AwsConfiguration(
        proxies=proxies, custom_ca_bundle=str(bundle), assume_roles=({"roleArn": "arn:aws:iam::123456789012:role/a"},)
    )

    with pytest.raises(BotoCoreError):  # there is no such proxy
        Clients(configuration).bedrock("us-east-1").list_custom_model_deployments()

    assert [(client.meta.service_model.service_name, client.meta.config.proxies, ca) for client, ca in made] == [
        ("bedrock", proxies, str(bundle)),
        ("sts", proxies, str(bundle)),
    ]


def test_skip_metadata_api_check_asks_the_instance_for_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setattr(
        "botocore.utils.InstanceMetadataFetcher.retrieve_iam_role_credentials",
        lambda _: {
            "role_name": "r",
            "access_key": "instance",
            "secret_key": "s",
            "token": "t",
            "expiry_time": "2999-01-01T00:00:00Z",
        },
    )

    def key(*, skip: bool) -> str | None:
        found = make_session(AwsConfiguration(skip_metadata=skip)).get_credentials()
        return found.access_key if found else None

    assert (key(skip=False), key(skip=True)) == ("instance", None)


def test_metadata_endpoint_is_the_configured_one() -> None:
    session = make_session(AwsConfiguration(metadata_endpoint="http://metadata", metadata_endpoint_mode="IPv6"))

    core = session._session
    assert core.get_config_variable("ec2_metadata_service_endpoint") == "http://metadata"
    assert core.get_config_variable("ec2_metadata_service_endpoint_mode") == "IPv6"
