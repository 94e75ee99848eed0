"""What was asked and what AWS answered, without credentials, account numbers and what isn't the run's."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timezone
from typing import Any

from .kinds import CUSTOM_MODEL, DEPLOYMENT, Kind, listed_name
from .ledger import Ledger

__all__ = ["Exchanges", "mask"]

_ACCOUNT = re.compile(r"(?<![0-9a-zA-Z])\d{12}(?![0-9a-zA-Z])")
_ACCOUNT_IN_ARN = re.compile(r"(arn:[^:\s]*:[^:\s]*:[^:\s]*:)\d+:")
_ARTIFACTS = re.compile(r"s3://[^\s\"\\]+")
_IDENTITY = re.compile(r"(arn:[^:\s]*:(?:iam|sts)::\d*:)[^\s\"]+")
MASKED = "000000000000"
_NOTE = (
    "These are the suite's own calls. The calls of the Pulumi CLI in the main job are not recorded. Lists are cut down "
    "to what this run created, and an answer about another custom model to its ARN and status."
)


def mask(text: str) -> str:
    """Return a text without account numbers, S3 URIs and the names of users and roles."""
    text = _ARTIFACTS.sub("s3://…", _IDENTITY.sub(r"\g<1>…", text))
    return _ACCOUNT.sub(MASKED, _ACCOUNT_IN_ARN.sub(rf"\g<1>{MASKED}:", text))


class Exchanges:
    """Records the calls of boto3 clients through botocore's events."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []

    def record(self, client: Any) -> None:
        """Record every call of a client from now on."""
        events, service = client.meta.events, client.meta.service_model.service_name
        events.register(f"before-parameter-build.{service}", self._before)
        events.register(f"after-call.{service}", self._after)
        events.register(f"after-call-error.{service}", self._failed)

    def as_json(self, ledger: Ledger) -> str:
        """Return all exchanges, oldest first, without the deployments and custom models that aren't in the ledger."""
        entries = [_without_others(entry, ledger) for entry in self._entries]
        return mask(json.dumps({"note": _NOTE, "exchanges": entries}, indent=1, default=str)) + "\n"

    def _before(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["acceptance"] = entry = {
            "at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "operation": model.name,
            "request": dict(params),
            "began": time.monotonic(),
        }
        self._entries.append(entry)

    def _after(self, http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        entry = context.get("acceptance", {})
        answer = {key: value for key, value in parsed.items() if key not in ("ResponseMetadata", "Error")}
        self._finish(entry, status=http_response.status_code, answer=answer, error=parsed.get("Error"))

    def _failed(self, exception: Exception, context: dict[str, Any], **_: Any) -> None:
        self._finish(context.get("acceptance", {}), error={"Code": type(exception).__name__})

    @staticmethod
    def _finish(entry: dict[str, Any], **members: Any) -> None:
        entry.update({key: value for key, value in members.items() if value})
        if "began" in entry:
            entry["seconds"] = round(time.monotonic() - entry.pop("began"), 3)


def _without_others(entry: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    request, answer = dict(entry["request"]), dict(entry.get("answer", {}))
    for kind in (DEPLOYMENT, CUSTOM_MODEL):
        if kind.summaries in answer:
            ours = [each for each in answer[kind.summaries] if _is_ours(each, kind, ledger)]
            answer["leftOut"] = len(answer[kind.summaries]) - len(ours)
            answer[kind.summaries] = ours
    if entry["operation"] == "GetCustomModel" and answer.get("modelArn") not in ledger.arns(CUSTOM_MODEL.noun):
        answer = {key: answer[key] for key in ("modelArn", "modelStatus") if key in answer}
    for part in (request, answer):
        if "nextToken" in part:
            part["nextToken"] = "…"
    kept = {key: value for key, value in entry.items() if key not in ("request", "answer")}
    return {**kept, "request": request, **({"answer": answer} if answer else {})}


def _is_ours(summary: dict[str, Any], kind: Kind, ledger: Ledger) -> bool:
    return summary[kind.arn] in ledger.arns(kind.noun) or listed_name(summary) in ledger.names(kind.noun)
