"""Whether CreateCustomModel can read its artifacts: what moto's S3 and IAM hold is checked, and nothing else.

Artifacts of SageMaker AI are in a bucket of AWS's, so a bucket that moto doesn't have counts as one that exists. A
role is checked once the account has any role in moto: a test that makes no roles may name any. moto loads a service
on its first use, which takes a second for IAM; a service that nobody has used is empty, and isn't loaded for this.
"""

from __future__ import annotations

import json
import sys
from typing import Any

__all__ = ["missing_artifacts", "unusable_role"]

_BEDROCK = "bedrock.amazonaws.com"


def missing_artifacts(parameters: dict[str, Any]) -> str | None:
    """Return why the model can't be made of its artifacts, or None: its bucket has nothing below the S3 URI."""
    uri = parameters.get("modelSourceConfig", {}).get("s3DataSource", {}).get("s3Uri", "")
    bucket_name, _, prefix = uri.removeprefix("s3://").partition("/")
    backends = _loaded("s3")
    if bucket_name not in getattr(backends, "bucket_accounts", {}):
        return None
    partition, account = backends.bucket_accounts[bucket_name]
    s3 = backends[account][partition]
    objects, *_ = s3.list_objects(s3.get_bucket(bucket_name), prefix, None, None, 1)
    return None if objects else f"There are no model artifacts at {uri}."


def unusable_role(parameters: dict[str, Any], account: str) -> str | None:
    """Return why Bedrock can't assume the role, or None: it doesn't exist, or its trust policy doesn't allow it."""
    arn = parameters.get("roleArn")
    roles = [role for iam in list(_loaded("iam").get(account, {}).values()) for role in list(iam.get_roles())]
    if arn is None or not roles:
        return None
    if any(role.arn == arn and _trusts_bedrock(role.assume_role_policy_document) for role in roles):
        return None
    return "Could not assume provided IAM role. Please ensure that it exists and that its trust policy allows Bedrock."


def _loaded(service: str) -> Any:
    return getattr(sys.modules.get(f"moto.{service}.models"), f"{service}_backends", {})


def _trusts_bedrock(policy: str) -> bool:
    statements = json.loads(policy)["Statement"]
    return any(
        statement.get("Effect") == "Allow" and _names_bedrock(statement.get("Principal"))
        for statement in _as_list(statements)
    )


def _names_bedrock(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, dict) and _BEDROCK in _as_list(principal.get("Service")))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
