"""`pulumi new` with this repository as the template makes a project that deploys."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import yaml
from examples.conftest import TOP, Projects
from pulumi_bedrock.local import LocalBedrock


def test_pulumi_new_makes_a_project_that_deploys(projects: Projects, local: LocalBedrock, tmp_path: Path) -> None:
    clone, made = tmp_path / "clone", tmp_path / "shop"
    made.mkdir()
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True)
    for name in filter(lambda name: (TOP / name).exists(), listed.stdout.splitlines()):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, clone / name)

    command = ["pulumi", "new", str(clone), "--yes", "--generate-only", "--name", "shop"]
    subprocess.run(command, cwd=made, env=projects.environment, check=True, capture_output=True)

    project = yaml.safe_load((made / "Pulumi.yaml").read_text())
    assert project["name"] == "shop" and "template" not in project
    assert (made / "__main__.py").read_text() == (TOP / "__main__.py").read_text()
    assert (made / "provider/pyproject.toml").exists(), "requirements.txt installs it"

    stack = projects.at(made, modelArn=local.create_custom_model("tickets-v1"), publish="false")
    stack.up()
    [deployment] = local.deployments()
    assert stack.exports()["customModelDeploymentArn"] == deployment["customModelDeploymentArn"]


def test_template_asks_for_what_the_program_requires() -> None:
    project = yaml.safe_load((TOP / "Pulumi.yaml").read_text())
    required = {key for key, setting in project["config"].items() if "default" not in setting}

    asked = project["template"]["config"]

    assert set(asked) == {*required, "aws:region"}
    assert all(setting["description"] for setting in asked.values())
