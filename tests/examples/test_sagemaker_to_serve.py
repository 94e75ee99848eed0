"""From artifacts to an endpoint in one `pulumi up`; again for the next training; and from a model package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from examples.conftest import Projects
from pulumi_bedrock.local import LocalBedrock

BUCKET = "customer-escrow-123456789012-smtj-abcdefgh"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/support-bot/1"
PARAMETER = "/sagemaker-to-serve/dev/support-bot-arn"


def test_example_makes_a_model_serves_it_and_destroys(
    projects: Projects, local: LocalBedrock, parameter: Callable[[str], str]
) -> None:
    stack = projects.example("sagemaker-to-serve", artifacts=f"s3://{BUCKET}/job-1/")
    stack.up()
    [first] = local.deployments()
    [model] = local.custom_models()
    assert first["modelArn"] == model["modelArn"] == stack.exports()["modelArn"]
    assert parameter(PARAMETER) == first["customModelDeploymentArn"]
    assert f"serves {model['modelName']}" in stack.exports()["answer"]
    [role] = roles(local)
    assert role["trust"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]
    assert role["allowed"] == may_read("job-1")
    stack.up("--expect-no-changes")

    # The next training: nothing stops serving, and what is old goes last, the deployment before its model.
    stack.config["sagemaker-to-serve:artifacts"] = f"s3://{BUCKET}/job-2/"
    assert {name: step["op"] for name, step in stack.steps().items() if name != "sagemaker-to-serve-dev"} == {
        "read-artifacts": "update",
        "support-bot": "replace",
        "smoke-test": "replace",
        "support-bot-arn": "update",
    }
    local.clear_requests()
    stack.up()
    assert writes(local) == [
        "CreateCustomModel",
        "CreateCustomModelDeployment",
        "DeleteCustomModelDeployment",
        "DeleteCustomModel",
    ]
    [second] = local.deployments()
    assert parameter(PARAMETER) == second["customModelDeploymentArn"] != first["customModelDeploymentArn"]
    assert second["modelArn"] != first["modelArn"]
    assert roles(local)[0]["allowed"] == may_read("job-2")

    stack.destroy()
    assert local.deployments() == local.custom_models() == roles(local) == []


def test_model_package_needs_no_role_and_a_key_only_the_key(projects: Projects, local: LocalBedrock) -> None:
    stack = projects.example("sagemaker-to-serve", artifacts=PACKAGE)
    stack.up()
    assert roles(local) == []
    assert len(local.deployments()) == 1
    [model] = stack.resources("pulumi-python:dynamic/bedrock:CustomModel")  # AWS shows no artifacts
    assert model["inputs"]["customModelDataSource"] == {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}}
    assert "roleArn" not in model["inputs"]

    stack.config["sagemaker-to-serve:modelKmsKeyArn"] = KEY
    stack.up()
    shown = local.client("bedrock").get_custom_model(modelIdentifier=local.custom_models()[0]["modelArn"])
    assert shown["modelKmsKeyArn"] == KEY
    [role] = roles(local)
    [statement] = role["allowed"]
    assert statement["Resource"] == KEY and all(action.startswith("kms:") for action in statement["Action"])

    stack.destroy()
    assert local.deployments() == local.custom_models() == roles(local) == []


def test_missing_artifacts_are_an_error_that_names_them(projects: Projects, local: LocalBedrock) -> None:
    local.client("s3").create_bucket(Bucket=BUCKET)
    stack = projects.example("sagemaker-to-serve", artifacts=f"s3://{BUCKET}/job-1/")
    error = stack.up(fails=True).error
    assert error.startswith('ModelFailed: custom model "support-bot-')
    assert f"AWS said: There are no model artifacts at s3://{BUCKET}/job-1/." in error
    assert local.custom_models() == local.deployments() == []

    local.client("s3").put_object(Bucket=BUCKET, Key="job-1/step_4", Body=b"weights")
    stack.up()
    assert len(local.custom_models()) == len(local.deployments()) == 1


def roles(local: LocalBedrock) -> list[dict[str, Any]]:
    """Who may assume each role, and what it may do."""
    iam = local.client("iam")
    return [
        {
            "trust": role["AssumeRolePolicyDocument"],
            "allowed": [
                statement
                for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
                for statement in iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"][
                    "Statement"
                ]
            ],
        }
        for role in iam.list_roles()["Roles"]
    ]


def may_read(folder: str) -> list[dict[str, Any]]:
    """The statements of a role that may read the artifacts in a folder, and nothing else."""
    return [
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{BUCKET}",
            "Condition": {"StringLike": {"s3:prefix": [folder, f"{folder}/*"]}},
        },
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/{folder}/*"},
    ]


def writes(local: LocalBedrock) -> list[str]:
    """The creates and deletes, in their order."""
    return [entry["operation"] for entry in local.requests() if entry["operation"].startswith(("Create", "Delete"))]
