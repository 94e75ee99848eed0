"""Roles and policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .kind import Kind

__all__ = ["Policy", "Role", "RolePolicy", "RolePolicyAttachment"]


class Role(Kind):
    """`aws.iam.Role`."""

    token = "aws:iam/role:Role"
    forces = ("name",)

    def create(self, inputs: Mapping[str, Any]) -> str:
        self.client("iam").create_role(
            RoleName=inputs["name"], AssumeRolePolicyDocument=_text(inputs["assumeRolePolicy"])
        )
        return str(inputs["name"])

    def read(self, id_: str) -> dict[str, Any] | None:
        iam = self.client("iam")
        try:
            role = iam.get_role(RoleName=id_)["Role"]
        except iam.exceptions.NoSuchEntityException:
            return None
        return {"name": id_, "arn": role["Arn"], "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"])}

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        self.client("iam").update_assume_role_policy(RoleName=id_, PolicyDocument=_text(inputs["assumeRolePolicy"]))

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        self.client("iam").delete_role(RoleName=id_)


class RolePolicy(Kind):
    """`aws.iam.RolePolicy`: a policy inside a role."""

    token = "aws:iam/rolePolicy:RolePolicy"
    forces = ("name", "role")
    computed = ()

    def create(self, inputs: Mapping[str, Any]) -> str:
        id_ = f"{inputs['role']}:{inputs['name']}"
        self.update(id_, inputs)
        return id_

    def read(self, id_: str) -> dict[str, Any] | None:
        iam = self.client("iam")
        role, name = id_.split(":")
        try:
            found = iam.get_role_policy(RoleName=role, PolicyName=name)
        except iam.exceptions.NoSuchEntityException:
            return None
        return {"role": role, "name": name, "policy": json.dumps(found["PolicyDocument"])}

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        role, name = id_.split(":")
        self.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=_text(inputs["policy"]))

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        role, name = id_.split(":")
        self.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


class Policy(Kind):
    """`aws.iam.Policy`."""

    token = "aws:iam/policy:Policy"
    forces = ("name", "description", "path")
    computed = ("arn", "policyId")

    def create(self, inputs: Mapping[str, Any]) -> str:
        described = {"Description": inputs["description"]} if "description" in inputs else {}
        made = self.client("iam").create_policy(
            PolicyName=inputs["name"], PolicyDocument=_text(inputs["policy"]), **described
        )
        return str(made["Policy"]["Arn"])

    def read(self, id_: str) -> dict[str, Any] | None:
        iam = self.client("iam")
        try:
            policy = iam.get_policy(PolicyArn=id_)["Policy"]
        except iam.exceptions.NoSuchEntityException:
            return None
        version = iam.get_policy_version(PolicyArn=id_, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        return {
            "name": policy["PolicyName"],
            "arn": id_,
            "policyId": policy["PolicyId"],
            "policy": json.dumps(version["Document"]),
        }

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        iam = self.client("iam")
        old = iam.get_policy(PolicyArn=id_)["Policy"]["DefaultVersionId"]
        iam.create_policy_version(PolicyArn=id_, PolicyDocument=_text(inputs["policy"]), SetAsDefault=True)
        iam.delete_policy_version(PolicyArn=id_, VersionId=old)

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        self.client("iam").delete_policy(PolicyArn=id_)


class RolePolicyAttachment(Kind):
    """`aws.iam.RolePolicyAttachment`."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    forces = ("role", "policyArn")
    computed = ()
    auto_named = False

    def create(self, inputs: Mapping[str, Any]) -> str:
        self.client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, id_: str) -> dict[str, Any] | None:
        role, _, policy_arn = id_.partition("/")
        attached = self.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        if policy_arn not in [policy["PolicyArn"] for policy in attached]:
            return None
        return {"role": role, "policyArn": policy_arn}

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        role, _, policy_arn = id_.partition("/")
        self.client("iam").detach_role_policy(RoleName=role, PolicyArn=policy_arn)


def _text(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)
