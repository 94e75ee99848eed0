"""What Service Quotas says of custom models and deployments. It is only read; where that is denied, nothing fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["Quota", "read_quotas"]

_NAMED = "custom model"


@dataclass(frozen=True)
class Quota:
    """A quota as the account has it.

    :param name: AWS's name for it.
    :param code: Such as `L-430C95DD`.
    """

    name: str
    code: str
    value: float
    adjustable: bool


def read_quotas(service_quotas: Any) -> list[Quota] | str:
    """Return the quotas whose name is about custom models or deployments, or else one line that says why not.

    IAM: servicequotas:ListServiceQuotas.
    """
    try:
        pages = service_quotas.get_paginator("list_service_quotas").paginate(ServiceCode="bedrock")
        found = [each for page in pages for each in page["Quotas"] if _NAMED in each["QuotaName"].lower()]
    except (BotoCoreError, ClientError, RuntimeError) as error:  # RuntimeError: botocore's for expired credentials
        return f"The quotas could not be read: {error}"
    quotas = [Quota(each["QuotaName"], each["QuotaCode"], each["Value"], each["Adjustable"]) for each in found]
    return sorted(quotas, key=lambda quota: quota.name) or "Service Quotas lists none of custom models."
