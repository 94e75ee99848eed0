"""Two accounts as programs and tests see them: how a program declares their providers, and who has called them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from engine.stack import DEPLOYMENT, Stack
from pulumi_bedrock.local import LocalBedrock

__all__ = ["HEAD", "HOST", "STACK_KEY", "arns", "callers", "hosts", "models", "names", "writes"]

STACK_KEY = "AKSTACK"
"""The access key of the stack's own configuration."""

HOST = "pulumi:providers:pulumi-python"

HEAD = """
import pulumi_aws as aws

settings = pulumi.Config("test")
models = settings.require_object("models")


def account(name, url, key=None, **more):
    endpoints = [{service: url for service in ("bedrock", "bedrockruntime", "sts")}]
    values = {"region": "us-east-1", "access_key": key or f"AK{name.upper()}", "secret_key": "a-key"}
    return aws.Provider(name, endpoints=endpoints, **{**values, **more})


def by(provider, **more):
    return pulumi.ResourceOptions(provider=provider, **more)


local, other = settings.require("local"), settings.require("other")
"""
"""The beginning of a program."""


def models(version: str, local: LocalBedrock, other: LocalBedrock) -> dict[str, str]:
    """The ARNs of custom models of a version: in each account, and in another Region of each."""
    return {
        f"{where}{suffix}": account.create_custom_model(f"tickets-{version}", region=region)
        for where, account in (("local", local), ("other", other))
        for suffix, region in (("", "us-east-1"), ("-west", "us-west-2"))
    }


def callers(account: LocalBedrock) -> set[tuple[str, str]]:
    """The access keys that signed the calls to an account, and the calls' Regions."""
    return {(call["accessKeyId"], call["region"]) for call in account.requests()}


def writes(account: LocalBedrock) -> Counter[tuple[str, str]]:
    """The keys of all calls that create, update or delete a deployment, and which that is."""
    verbs = ("Create", "Update", "Delete")
    calls = [call for call in account.requests() if call["operation"].startswith(verbs) and not call["error"]]
    return Counter((call["accessKeyId"], call["operation"].removesuffix("CustomModelDeployment")) for call in calls)


def names(account: LocalBedrock) -> set[str]:
    """The names of an account's deployments in all Regions, without the digits of automatic ones."""
    return {re.sub(r"-[0-9a-f]{7}$", "", found["modelDeploymentName"]) for found in account.deployments()}


def arns(stack: Stack) -> dict[str, str]:
    """The deployments in the state, by the names of their resources."""
    return {each["urn"].rpartition("::")[2]: each["id"] for each in stack.resources(DEPLOYMENT)}


def hosts(stack: Stack) -> dict[str, dict[str, Any]]:
    """The settings in the state of each explicit provider of the dynamic host, secrets encrypted."""
    found = {each["urn"].rpartition("::")[2]: each.get("inputs") or {} for each in stack.resources(HOST)}
    return {name: inputs for name, inputs in found.items() if not name.startswith("default")}
