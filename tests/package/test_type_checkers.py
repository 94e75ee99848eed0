"""mypy and pyright read the types of the installed package, in a user's program."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from package.conftest import Distributions
from package.environments import Environment, make_environment

MYPY = "mypy>=1.18,<3"
PYRIGHT = "pyright@1.1.414"
PROGRAM = """\
import pulumi
import pulumi_bedrock as bedrock

config = pulumi.Config()
model: pulumi.Output[str] = config.require_secret("modelArn")
deployment = bedrock.CustomModelDeployment(
    "by-arguments",
    model_arn=model,
    model_deployment_name="support-bot",
    tags={"team": pulumi.Output.from_input("support")},
    update_in_place=True,
    opts=pulumi.ResourceOptions(protect=True),
)
other = bedrock.CustomModelDeployment(
    "by-args",
    bedrock.CustomModelDeploymentArgs(
        model_arn=model, tags=[{"key": "team", "value": "support"}], update_in_place=config.get_bool("inPlace")
    ),
    pulumi.ResourceOptions(depends_on=[deployment]),
)
bedrock.CustomModelDeployment("by-setting", model_arn=model, update_in_place=config.get_bool("inPlace"))
arn: pulumi.Output[str] = deployment.custom_model_deployment_arn
description: pulumi.Output[str | None] = other.description
answer = bedrock.ModelInvocation("smoke-test", model_id=arn, prompt="Say hello.", triggers={"model": other.model_arn})
text: pulumi.Output[str] = answer.output_text
limits: bedrock.ModelInvocationInferenceConfigArgsDict = {"maxTokens": 20, "stopSequences": [text]}
bedrock.ModelInvocation("by-dict", model_id=arn, messages=[{"role": "user", "content": [{"text": text}]}])
bedrock.ModelInvocation(
    "by-typed-dict",
    model_id=arn,
    messages=[bedrock.ModelInvocationMessageArgsDict(role="user", content=[{"image": {"format": "png"}}])],
    system=[bedrock.ModelInvocationSystemArgsDict(text=arn)],
    inference_config=limits,
)
bedrock.ModelInvocation("by-setting", model_id=arn, messages=config.require_object("messages"))
found: bedrock.GetCustomModelDeploymentResult = bedrock.get_custom_model_deployment("support-bot")
status: str = found.status
later: pulumi.Output[bedrock.GetCustomModelDeploymentResult] = bedrock.get_custom_model_deployment_output(arn)
name: pulumi.Output[str] = later.apply(lambda result: result.model_deployment_name)
trained: bedrock.GetCustomModelResult = bedrock.get_custom_model("tickets", opts=pulumi.InvokeOptions(parent=other))
base: str | None = trained.base_model_arn
listed: list[bedrock.CustomModelDeploymentSummary] = bedrock.list_custom_model_deployments(model_arn=trained.model_arn)
waited = pulumi.InvokeOutputOptions(depends_on=[deployment])
by_model: pulumi.Output[list[bedrock.CustomModelDeploymentSummary]] = bedrock.list_custom_model_deployments_output(
    model_arn=bedrock.get_custom_model_output("tickets", opts=waited).model_arn, opts=waited
)
"""
MISTAKES = """\
bedrock.CustomModelDeployment("mistake", model_arn=4711)
bedrock.ModelInvocation("mistake", model_id=arn, messages=[{"role": "user", "content": [{"txt": "Hi"}]}])
bedrock.ModelInvocation("mistake", model_id=arn, messages=[{"role": "user"}])
bedrock.ModelInvocation("mistake", model_id=arn, system=[{"text": 4711}])
bedrock.ModelInvocation("mistake", model_id=arn, inference_config={"max_tokens": 20})
"""


@pytest.fixture(scope="module", params=["wheel", "editable"])
def environment(
    request: pytest.FixtureRequest, distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with mypy and the package, from its wheel or as an editable install of its sources."""
    folder = tmp_path_factory.mktemp(f"types-{request.param}")
    if request.param == "wheel":
        return make_environment(folder / "venv", Path(sys.executable), MYPY, str(distributions.wheel))
    with tarfile.open(distributions.sdist) as archive:
        archive.extractall(folder / "source", filter="data")
    [source] = (folder / "source").iterdir()
    return make_environment(folder / "venv", Path(sys.executable), MYPY, "--editable", str(source))


@pytest.fixture(scope="module")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pyright's program."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("pyright needs Node.js with npm, which is not installed here")
    folder = tmp_path_factory.mktemp("pyright")
    command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", PYRIGHT]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "node_modules/.bin/pyright"


def write(folder: Path, mistakes: str = "") -> list[int]:
    """Write the program, and return the numbers of the lines that are mistakes: the last ones."""
    (folder / "__main__.py").write_text(PROGRAM + mistakes)
    first = len(PROGRAM.splitlines()) + 1
    return list(range(first, first + len(mistakes.splitlines())))


def test_mypy_accepts_program_and_finds_mistakes(environment: Environment, tmp_path: Path) -> None:
    command = ("python", "-m", "mypy", "--strict", "--no-error-summary", "__main__.py")
    write(tmp_path)
    done = environment.run(*command, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    mistaken = write(tmp_path, MISTAKES)
    done = environment.run(*command, cwd=tmp_path)
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert [int(error.split(":")[1]) for error in errors] == mistaken, done.stdout
    assert ': error: No overload variant of "CustomModelDeployment" matches ' in errors[0]


def test_pyright_accepts_program_and_finds_mistakes(environment: Environment, pyright: Path, tmp_path: Path) -> None:
    def errors() -> list[tuple[int, str]]:
        command = [str(pyright), "--outputjson", "--pythonpath", str(environment.bin / "python"), "__main__.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        found = json.loads(done.stdout)["generalDiagnostics"]
        return [(each["range"]["start"]["line"] + 1, each["rule"]) for each in found]

    write(tmp_path)
    assert errors() == []
    mistaken = write(tmp_path, MISTAKES)
    assert errors() == [(line, "reportArgumentType") for line in mistaken]
