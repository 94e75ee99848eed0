"""What users write in Python: a server in their own process, the pytest plugin, and clear words without moto.

Each runs in a process of its own: moto keeps one state per process, and a test's server may be in this one.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from pulumi_bedrock.local import LocalBedrock


def test_serve_runs_in_process() -> None:
    _run(
        """
        import threading
        from pulumi_bedrock.local import LocalBedrock

        with LocalBedrock.serve(activation_seconds=3600) as local:
            assert local.endpoint_url.startswith("http://127.0.0.1:")
            bedrock = local.client("bedrock")
            model_arn = local.create_custom_model("bot-v1")
            bedrock.create_custom_model_deployment(modelDeploymentName="bot", modelArn=model_arn)
            assert [found["status"] for found in local.deployments()] == ["Creating"]
            try:
                LocalBedrock.serve()
            except RuntimeError as error:
                assert "already serves a local Bedrock" in str(error)
            else:
                raise AssertionError("two servers would share one state")

        from botocore.exceptions import EndpointConnectionError, ConnectionClosedError
        try:
            bedrock.list_custom_models()
        except (EndpointConnectionError, ConnectionClosedError):
            pass
        else:
            raise AssertionError("a connection that was open still answers")
        bedrock.close()

        with LocalBedrock.serve() as local:
            assert local.deployments() == [], "a server starts empty"
        assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
        """
    )


def test_check_and_action_are_atomic() -> None:
    _run(
        """
        import time
        from concurrent.futures import ThreadPoolExecutor
        from botocore.config import Config
        from pulumi_bedrock.local import LocalBedrock
        from pulumi_bedrock.local.deployments import Deployments

        is_taken = Deployments.is_taken

        def think_it_over(self, name):
            taken = is_taken(self, name)
            time.sleep(0.05)
            return taken

        Deployments.is_taken = think_it_over
        with LocalBedrock.serve() as local, ThreadPoolExecutor(4) as pool:
            bedrock = local.client("bedrock", config=Config(retries={"total_max_attempts": 1}))
            model_arn = local.create_custom_model("bot-v1")

            def create(_):
                try:
                    bedrock.create_custom_model_deployment(modelDeploymentName="bot", modelArn=model_arn)
                except bedrock.exceptions.ValidationException:
                    return "refused"
                return "created"

            assert sorted(pool.map(create, range(4))) == ["created", "refused", "refused", "refused"]
            bedrock.close()
        """
    )


def test_taken_port_raises_os_error_and_can_be_retried() -> None:
    _run(
        """
        import socket
        from pulumi_bedrock.local import LocalBedrock

        with socket.create_server(("127.0.0.1", 0)) as taken:
            try:
                LocalBedrock.serve(port=taken.getsockname()[1])
            except OSError as error:
                assert "in use" in str(error), error
            else:
                raise AssertionError("the port was taken")
        with LocalBedrock.serve() as local:
            assert local.deployments() == []
        """
    )


def test_pytest_plugin_provides_local_bedrock(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["pulumi_bedrock.local.pytest_plugin"]\n')
    (tmp_path / "test_stack.py").write_text(
        textwrap.dedent(
            """
            import pytest

            @pytest.mark.parametrize("turn", [1, 2])
            def test_pytest_plugin_empties_account_for_each_test(local_bedrock, turn):
                assert local_bedrock.deployments() == []
                assert local_bedrock.faults() == []
                arn = local_bedrock.create_custom_model("bot-v1")
                bedrock = local_bedrock.client("bedrock")
                bedrock.create_custom_model_deployment(modelDeploymentName="bot", modelArn=arn)
                assert [found["status"] for found in local_bedrock.deployments()] == ["Active"]
                bedrock.close()
                local_bedrock.add_fault(error="ThrottlingException")
                local_bedrock.set_activation(manual=True)
            """
        )
    )
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2 passed" in ended.stdout


@pytest.mark.parametrize("missing", ["moto", "flask_cors"])
def test_import_without_moto_says_what_to_install(missing: str) -> None:
    _run(
        f"""
        import sys
        sys.modules["{missing}"] = None
        try:
            import pulumi_bedrock.local
        except ImportError as error:
            assert str(error) == (
                "pulumi_bedrock.local needs moto's server, and {missing} is not installed. "
                "Run: python -m pip install 'pulumi-bedrock[local]'"
            ), error
        else:
            raise AssertionError("imported without {missing}")
        """
    )


def test_provider_imports_without_moto() -> None:
    _run(
        """
        import sys
        import pulumi_bedrock
        assert "moto" not in sys.modules
        assert "pulumi_bedrock.local" not in sys.modules
        """
    )


def test_missing_profile_is_ignored(local: LocalBedrock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "never-made")
    client = LocalBedrock(local.endpoint_url).client("bedrock")
    assert client.list_custom_models()["modelSummaries"] == []
    client.close()


def test_environment_is_sufficient_for_boto3(local: LocalBedrock) -> None:
    assert local.environment() == {
        "AWS_ENDPOINT_URL": local.endpoint_url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _run(program: str) -> None:
    command = [sys.executable, "-W", "error::ResourceWarning", "-c", textwrap.dedent(program)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr


def test_restored_deployment_equals_the_one_that_was_shown(local: LocalBedrock) -> None:
    model = local.create_custom_model("tickets-v1")
    local.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="bot", modelArn=model, description="First line", tags=[{"key": "team", "value": "support"}]
    )
    shown = local.deployments()
    with pytest.raises(ValueError, match="The model deployment bot exists already in this account and Region"):
        local.restore_deployment(shown[0])

    local.reset()
    local.create_custom_model("tickets-v1")
    local.restore_deployment(shown[0])

    assert local.deployments() == shown
