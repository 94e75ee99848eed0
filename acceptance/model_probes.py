"""The probes of custom models that CreateCustomModel makes of artifacts: what AWS answers, on boto3 alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pulumi_bedrock.values.tags import as_list

from .account import Account
from .answers import Answer, ask
from .kinds import CUSTOM_MODEL, DEPLOYMENT, ask_delete, ask_get, list_all
from .ledger import Ledger
from .polling import LAG_ALLOWED, eventually
from .probing import REFUSED, Probing
from .results import Results

__all__ = ["Artifacts", "ModelProbes"]

CREATION_TIMEOUT = 5400.0
_ABSENT = "ResourceNotFoundException"


@dataclass(frozen=True)
class Artifacts:
    """What a custom model is made of.

    :param s3_uri: Where the artifacts are.
    :param role_arn: The role with which Bedrock reads them.
    """

    s3_uri: str
    role_arn: str

    @property
    def source(self) -> dict[str, Any]:
        """The members of CreateCustomModel."""
        return {"modelSourceConfig": {"s3DataSource": {"s3Uri": self.s3_uri}}, "roleArn": self.role_arn}


class ModelProbes(Probing):
    """One run's probes of custom models."""

    def __init__(
        self, account: Account, ledger: Ledger, results: Results, artifacts: Artifacts, say: Callable[[str], None]
    ) -> None:
        super().__init__(account, ledger, results, say)
        self._artifacts = artifacts
        self._name, self._token = ledger.name("model"), f"{ledger.run}-model-1"
        self.creates: list[tuple[str, datetime, float]] = []
        """Name, `creationTime`, and the seconds until Get showed the model as `Active`."""

    def run(self) -> None:
        """Ask everything, from before the first create to after the last delete."""
        self._say("probes: custom models that can't be made")
        self._fails("unusable-role-refused", "no-role", roleArn=self._role_that_does_not_exist())
        self._fails("missing-artifacts-fail-later", "no-artifacts", **self._source_without_artifacts())
        self._say("probes: a custom model that is Creating")
        began = time.monotonic()
        answer = self._try_create(self._name, self._token)
        if answer.code != "ok":
            raise RuntimeError(f"no custom model can be created: {answer.text}")
        arn = str(answer.body["modelArn"])
        self._results.add("imported-model-arn", ":custom-model/imported/" in arn, arn, answer.seconds)
        self._creating(arn)
        status, took = self._wait(arn), time.monotonic() - began
        self._say(f"the custom model is {status} after {took:.0f} s")
        if status != "Active":
            self._say("the other probes of custom models are left out")
            return
        self.creates.append((self._name, self._get(arn)["creationTime"], took))
        self._tags(arn)
        self._say("probes: a custom model with a deployment")
        self._in_use(arn)
        self._say("probes: after the deletion of the custom model")
        self._deleted(arn)

    # Creates that can't succeed

    def _fails(self, identifier: str, purpose: str, **changes: Any) -> None:
        """Create a model that can't become Active, and judge whether that is refused at once or fails later."""
        answer = self._try_create(self._ledger.name(purpose), f"{self._ledger.run}-{purpose}", **changes)
        later = identifier == "missing-artifacts-fail-later"
        if answer.code == "ok":
            arn = str(answer.body["modelArn"])
            status = self._wait(arn)
            said = f"accepted, then {status}: {self._get(arn).get('failureMessage', 'without a failureMessage')}"
            self._results.add(identifier, later and status == "Failed", said, answer.seconds)
            self._remove(arn)
        elif answer.code in ("AccessDeniedException", "ServiceQuotaExceededException", "ThrottlingException"):
            self._results.skip(identifier, f"another refusal shows nothing: {answer.text}")
        else:
            held = not later and answer.code == "ValidationException"
            self._results.add(identifier, held, answer.text, answer.seconds)

    def _role_that_does_not_exist(self) -> str:
        role, _, _ = self._artifacts.role_arn.partition(":role/")
        return f"{role}:role/{self._ledger.name('no-role')}"

    def _source_without_artifacts(self) -> dict[str, Any]:
        nothing = f"{self._artifacts.s3_uri.rstrip('/')}/{self._ledger.name('nothing')}/"
        return Artifacts(nothing, self._artifacts.role_arn).source

    # While it is Creating

    def _creating(self, arn: str) -> None:
        began = time.monotonic()
        seen = eventually(lambda: self._listed(arn) and self._status(arn) != "", LAG_ALLOWED)
        took = time.monotonic() - began
        said = f"the custom model is {'shown' if seen else 'not shown'} after {took:.1f} s"
        if self._is_creating(arn):
            self._results.add("list-shows-creating", seen, said, took)
        if seen or not self._is_creating(arn):
            self._results.add("reads-lag-briefly", seen, said, took)
        again = self._try_create(self._name, self._token)
        same = again.body.get("modelArn") == arn
        said = again.text if same or again.code != "ok" else "a new custom model"
        self._results.add("token-replayed", same, said, again.seconds)
        self._remove_surplus(again, arn)
        answer = self._try_create(self._name, f"{self._ledger.run}-model-2")
        self._judge("model-name-conflict", answer, "ConflictException")
        self._remove_surplus(answer, arn)

    # While it is Active

    def _in_use(self, arn: str) -> None:
        name = self._ledger.name("of-model")
        self._ledger.plan(name)
        answer = ask(
            self._bedrock.create_custom_model_deployment,
            modelDeploymentName=name,
            modelArn=arn,
            clientRequestToken=f"{self._ledger.run}-of-model",
            tags=as_list(self._ledger.tags),
        )
        deployment = str(answer.body.get(DEPLOYMENT.arn, ""))
        if deployment or answer.is_refusal:
            self._ledger.settle(name, deployment)
        if not deployment:
            self._results.skip("model-in-use", f"the model can't be deployed: {answer.text}")
            return
        eventually(lambda: self._is_ready(deployment), CREATION_TIMEOUT)
        self._judge("model-in-use", self._delete(arn), "ConflictException")
        eventually(lambda: ask_delete(DEPLOYMENT, self._bedrock, deployment).code == _ABSENT, CREATION_TIMEOUT)

    def _is_ready(self, deployment: str) -> bool:
        shown = ask_get(DEPLOYMENT, self._bedrock, deployment).body
        return str(shown.get("status", "Creating")) != "Creating"

    # From its delete on

    def _deleted(self, arn: str) -> None:
        answer, began = self._delete(arn), time.monotonic()
        if answer.code not in ("ok", _ABSENT):
            self._say(f"AWS refuses the delete, so the other probes are left out: {answer.text}")
            return
        gone = eventually(lambda: self._is_gone(arn), LAG_ALLOWED)
        took = time.monotonic() - began
        said = f"{'gone' if gone else 'still shown'} after {took:.1f} s"
        self._results.add("model-gone-after-delete", gone, said, took)
        eventually(lambda: self._is_gone(arn), CREATION_TIMEOUT)
        answer = self._try_create(self._name, f"{self._ledger.run}-model-3")
        if answer.code in ("ok", *REFUSED):
            self._judge("model-name-free-after-delete", answer, "ok")
        else:
            self._results.skip("model-name-free-after-delete", f"another refusal shows nothing: {answer.text}")
        created = str(answer.body.get("modelArn", ""))
        if created and self._is_creating(created):
            creating = lambda: self._is_creating(created)  # noqa: E731
            self._judge_while(creating, "model-delete-while-creating", self._delete(created), "ValidationException")
        else:
            self._results.skip("model-delete-while-creating", "no custom model was Creating")
        self._remove_surplus(answer, arn)

    def _remove_surplus(self, answer: Answer, arn: str) -> None:
        """Delete what AWS created beside the one model."""
        created = answer.body.get("modelArn", arn)
        if created != arn:
            self._remove(created)

    def _remove(self, arn: str) -> None:
        # A delete that AWS refuses, such as one of a model that is still Creating, is repeated.
        eventually(lambda: self._delete(arn).code == _ABSENT, CREATION_TIMEOUT)

    # Calls

    def _try_create(self, name: str, token: str, **changes: Any) -> Answer:
        self._ledger.plan(name, CUSTOM_MODEL.noun)
        request = {**self._artifacts.source, **changes, "modelTags": as_list(self._ledger.tags)}
        answer = ask(self._bedrock.create_custom_model, modelName=name, clientRequestToken=token, **request)
        if answer.code == "ok":
            self._ledger.settle(name, answer.body["modelArn"], CUSTOM_MODEL.noun)
        elif answer.is_refusal:
            self._ledger.settle(name, kind=CUSTOM_MODEL.noun)
        return answer

    def _get(self, arn: str) -> dict[str, Any]:
        answer = ask_get(CUSTOM_MODEL, self._bedrock, arn)
        if answer.code not in ("ok", _ABSENT):
            raise RuntimeError(f"{arn} can't be read: {answer.text}")
        return answer.body

    def _status(self, arn: str) -> str:
        return str(self._get(arn).get("modelStatus", ""))

    def _is_creating(self, arn: str) -> bool:
        return self._status(arn) == "Creating"

    def _wait(self, arn: str) -> str:
        """Wait until a model is no longer Creating, and return its status."""
        eventually(lambda: self._status(arn) not in ("", "Creating"), CREATION_TIMEOUT)
        return self._status(arn)

    def _listed(self, arn: str) -> bool:
        return any(each["modelArn"] == arn for each in list_all(CUSTOM_MODEL, self._bedrock))

    def _is_gone(self, arn: str) -> bool:
        return self._status(arn) == "" and not self._listed(arn)

    def _delete(self, arn: str) -> Answer:
        return ask_delete(CUSTOM_MODEL, self._bedrock, arn)
