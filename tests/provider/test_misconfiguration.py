"""Settings that can't work: one line that names them, and none of their secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    """The one line that a failing create shows."""
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    line = str(failure.value).removesuffix("\n")
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"aws:endpoints": json.dumps([{"bedrock": "localhost:4566"}])}, "Invalid endpoint: localhost:4566"),
        ({"aws:endpoints": json.dumps([{"bedrock": "http://127.0.0.1:99999"}])}, "Port out of range"),
        ({"aws:profile": "nobody"}, "The config profile (nobody) could not be found."),
        (
            {"aws:assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::123456789012:role/a", "duration": "soon"}])},
            'aws:assumeRoles: duration must be like "1h" or "30m".',
        ),
        (
            {"aws:assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::123456789012:role/a", "tags": ["team"]}])},
            "aws:assumeRoles",
        ),
        ({"aws:ignoreTags": "keys"}, "aws:ignoreTags is not JSON."),
    ],
    ids=["no scheme", "no such port", "no such profile", "duration", "tags of a role", "no JSON"],
)
def test_invalid_setting_is_reported(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], settings: dict[str, str], said: str
) -> None:
    line = failure_of(start_host(settings), inputs)

    assert line.startswith("ConfigurationError: ")
    assert said in line


def test_invalid_endpoint_in_environment_is_reported(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")

    line = failure_of(start_host(), inputs)

    assert line.startswith("ConfigurationError: ")
    assert "localhost:4566" in line


def test_unreadable_configuration_file_is_reported(
    start_host: Callable[..., DynamicHost],
    inputs: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    (tmp_path / "broken").write_text("no section here")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "broken"))

    assert "ConfigurationError: Unable to parse config file" in failure_of(start_host(), inputs)


@pytest.mark.parametrize("where", ["stack", "environment"])
def test_credentials_with_line_break_are_not_shown(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """They come so from a file; the HTTP library refuses such a header and repeats it in full."""
    settings: dict[str, str] = {}
    if where == "stack":
        settings = {"aws:accessKey": "s3cret-key", "aws:secretKey": "s3cret", "aws:token": "s3cret-token\nmore"}
    else:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "s3cret-key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "s3cret-token\nmore")

    assert "s3cret" not in failure_of(start_host(settings), inputs)
