"""The probes of one deployment's life, on boto3 alone: what AWS answers where its documentation leaves it open."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_bedrock.values.tags import as_list

from .account import Account
from .answers import Answer, ask
from .creates import Creates
from .ledger import Ledger
from .polling import LAG_ALLOWED, eventually
from .probing import REFUSED, Probing
from .results import Results

__all__ = ["Probes"]

ACTIVATION_TIMEOUT = 5400.0
SLOW_WAIT = 3600.0
_WHILE_DELETING = ("deleting-shown", "second-delete-conflict", "converse-deleting", "name-free-after-deletion")
_DURING_UPDATE = ("update-keeps-serving", "tags-during-update", "one-update-at-a-time")
_AFTER_UPDATE = ("list-shows-update", "get-shows-newest-update")
HELLO = [{"role": "user", "content": [{"text": "Say hello."}]}]


class Probes(Probing):
    """One run's probes.

    :param other_model: Another custom model, for an update in place.
    :param slow: Whether to wait an hour for a token to expire.
    """

    def __init__(
        self,
        account: Account,
        ledger: Ledger,
        results: Results,
        *,
        other_model: str | None,
        slow: bool,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(account, ledger, results, say)
        self._other_model, self._slow = other_model, slow
        self.creates = Creates()
        self._runtime = account.runtime
        self._name, self._token = ledger.name("probe"), f"{ledger.run}-token-1"
        self._spare_token, self._spare_was_refused = f"{ledger.run}-token-2", False

    def run(self) -> None:
        """Ask everything, from before the first create to after the last delete."""
        self._say("probes: names and ARNs that don't exist")
        self._absent()
        self._say("probes: a deployment that is Creating")
        began = time.monotonic()
        arn = self._create(self._name, self._token)
        beside = arn.split(":")[:5] == self._account.model_arn.split(":")[:5]
        said = f"the model is {self._account.model_arn}, and this is {arn}"
        self._results.add("deployment-beside-model", beside, said, time.monotonic() - began)
        self._creating(arn)
        if not eventually(lambda: self._status(arn) != "Creating", ACTIVATION_TIMEOUT):
            self._say("the deployment is still Creating; the other probes are left out")
            return
        status, took = self._status(arn), time.monotonic() - began
        self._say(f"the deployment is {status} after {took:.0f} s")
        self.creates.note(self._get(arn))
        self._results.add("active-model-deployable", status == "Active", f"{status} after the create", took)
        if status != "Active":
            return
        self._active(arn)
        self._say("probes: a deployment that is Deleting")
        answer = self._delete(arn)
        if answer.code != "ok":
            self._say(f"AWS refuses the delete, so the other probes are left out: {answer.text}")
            return
        self._deleting(arn)
        self._say("probes: after the deletion")
        self._deleted(arn)

    # Before a create

    def _absent(self) -> None:
        absent = self._arn("abcdefghij12", account=self._account.number)
        answer = self._converse(absent)
        self._judge("converse-absent", answer, "ResourceNotFoundException")
        other = "000000000001" if self._account.number != "000000000001" else "000000000002"
        foreign = self._arn("abcdefghij12", account=other)
        answer = ask(self._bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=foreign)
        self._judge("foreign-arn-not-found", answer, "ResourceNotFoundException")
        model = self._account.model_arn.replace(f":{self._account.number}:", f":{other}:")
        self._judge(
            "foreign-arn-not-found",
            ask(self._bedrock.get_custom_model, modelIdentifier=model),
            "ResourceNotFoundException",
        )

    # While it is Creating

    def _creating(self, arn: str) -> None:
        began = time.monotonic()
        seen = eventually(lambda: self._listed(arn) and self._status(arn) != "", LAG_ALLOWED)
        took = time.monotonic() - began
        said = f"{'shown' if seen else 'not shown'} after {took:.1f} s"
        if self._is_creating(arn):
            self._results.add("list-shows-creating", seen, said, took)
        else:
            self._results.skip("list-shows-creating", "the deployment was not Creating any more")
        if seen or not self._is_creating(arn):
            self._results.add("reads-lag-briefly", seen, said, took)
        else:
            self._results.skip("reads-lag-briefly", "the list does not show the deployment while it is Creating")
        creating = lambda: self._is_creating(arn)  # noqa: E731
        self._judge_while(creating, "converse-not-ready", self._converse(arn), "ModelNotReadyException")
        answer = self._update(arn, self._other_model or self._account.model_arn)
        self._judge_while(creating, "update-needs-active", answer, *REFUSED)
        again = self._try_create(self._name, self._token)
        same = again.body.get("customModelDeploymentArn") == arn
        said = again.text if same or again.code != "ok" else "a new deployment"
        self._results.add("token-replayed", same, said, again.seconds)
        self._remove_surplus(again, arn)
        answer = self._try_create(self._name, self._spare_token)
        self._spare_was_refused = answer.code in REFUSED
        self._judge("name-taken", answer, *REFUSED)
        self._remove_surplus(answer, arn)
        answer = self._try_create(f"-{self._name}", self._token)
        self._judge("constraints-before-replay", answer, "ValidationException")
        self._remove_surplus(answer, arn)

    # While it is Active

    def _active(self, arn: str) -> None:
        self._tags(arn)
        self._lists(arn)
        if self._other_model is None:
            for identifier in (*_DURING_UPDATE, *_AFTER_UPDATE):
                self._results.skip(identifier, "no OTHER_MODEL_ARN was given")
        else:
            # An update that AWS accepted while it was Creating has changed the model.
            models = {self._account.model_arn, self._other_model}
            first = str(self._get(arn)["modelArn"])
            self._swap(arn, first, *models - {first})

    def _lists(self, arn: str) -> None:
        began = time.monotonic()
        ours = self._list(nameContains=self._ledger.prefix)
        nothing = self._list(nameContains=f"{self._ledger.prefix}-nothing")
        failed = [each for each in self._list(statusEquals="Failed") if each["customModelDeploymentArn"] == arn]
        held = [each["customModelDeploymentArn"] for each in ours] == [arn] and not nothing and not failed
        counts = f"{len(ours)} by name, {len(nothing)} by another name, {len(failed)} by another status"
        self._results.add("list-filters", held, counts, time.monotonic() - began)
        began = time.monotonic()
        times = [each["createdAt"] for each in self._list()]
        newest_first = times == sorted(times, reverse=True)
        said = f"{len(times)} deployments, {'newest first' if newest_first else 'in another order'}"
        if len(times) > 1:
            self._results.add("list-newest-first", newest_first, said, time.monotonic() - began)
        else:
            self._results.skip("list-newest-first", "there was only one deployment")

    # While it is Updating

    def _swap(self, arn: str, first: str, model: str) -> None:
        """Update to the other model and, when that is complete, back."""
        eventually(lambda: self._converse(arn).code == "ok", LAG_ALLOWED)
        began = time.monotonic()
        answer = self._update(arn, model)
        if answer.code != "ok":
            for identifier in (*_DURING_UPDATE, *_AFTER_UPDATE):
                self._results.skip(identifier, f"the update was refused: {answer.text}")
            return
        eventually(lambda: self._update_shown(arn).get("modelArn") == model, LAG_ALLOWED)
        during = self._get(arn)
        if during.get("updateDetails", {}).get("updateStatus") == "Updating":
            newest, serves = self._while_updating(arn, first, model)
            eventually(lambda: self._update_shown(arn).get("updateStatus") != "Updating", ACTIVATION_TIMEOUT)
            after = self._get(arn)
            held = serves.code == "ok" and during["status"] == after.get("status") == "Active"
            held = held and after.get("modelArn") == newest
            said = (
                f"Converse: {serves.text}; status {during['status']} during and {after.get('status')} after; "
                f"{after.get('updateDetails', {}).get('updateStatus')}"
            )
            self._results.add("update-keeps-serving", held, said, time.monotonic() - began)
        else:
            newest = model
            for identifier in _DURING_UPDATE:
                self._results.skip(identifier, "the update was complete at once")
        if newest == model:
            began = time.monotonic()
            listed = [each["modelArn"] for each in self._list() if each["customModelDeploymentArn"] == arn]
            said = f"the list shows {listed}"
            self._results.add("list-shows-update", listed == [model], said, time.monotonic() - began)
        else:
            self._results.skip("list-shows-update", "a second update, back to the first model, was accepted")
        self._swap_back(arn, first if newest == model else model)

    def _while_updating(self, arn: str, first: str, model: str) -> tuple[str, Answer]:
        """Return the model of the newest update, and how Converse answers during the first."""
        serves, tagged = self._converse(arn), self._tag(arn, "during-update")
        second = self._update(arn, first)
        # The model changes when the update is complete: until then, the calls came in time.
        if self._get(arn).get("modelArn") == model:
            for identifier in ("tags-during-update", "one-update-at-a-time"):
                self._results.skip(identifier, "the update was complete before")
        else:
            self._judge("tags-during-update", tagged, "ok")
            self._judge("one-update-at-a-time", second, *REFUSED)
        if tagged.code == "ok":
            self._untag(arn, "during-update")
        return (first if second.code == "ok" else model), serves

    def _swap_back(self, arn: str, model: str) -> None:
        answer, began = self._update(arn, model), time.monotonic()
        if answer.code != "ok":
            self._results.skip("get-shows-newest-update", f"the second update was refused: {answer.text}")
            return
        shown = eventually(lambda: self._update_shown(arn).get("modelArn") == model, LAG_ALLOWED)
        took = time.monotonic() - began
        said = f"the second update is {'shown' if shown else 'not shown'} after {took:.1f} s"
        self._results.add("get-shows-newest-update", shown, said, took)
        eventually(lambda: self._update_shown(arn).get("updateStatus") != "Updating", ACTIVATION_TIMEOUT)

    def _update_shown(self, arn: str) -> Mapping[str, Any]:
        return dict(self._get(arn).get("updateDetails") or {})

    # From its delete on

    def _deleting(self, arn: str) -> None:
        began = time.monotonic()
        listed = [each["status"] for each in self._list() if each["customModelDeploymentArn"] == arn]
        # Get comes second: the list must show what Get still shows.
        status = self._status(arn)
        if status == "":
            for identifier in _WHILE_DELETING:
                self._results.skip(identifier, "the deployment was gone at once")
            return
        said = f"Get shows {status}, List shows {', '.join(listed) or 'no such deployment'}"
        self._results.add("deleting-shown", [status, *listed] == ["Deleting"] * 2, said, time.monotonic() - began)
        still_there = lambda: self._status(arn) != ""  # noqa: E731
        self._judge_while(still_there, "second-delete-conflict", self._delete(arn), "ConflictException")
        self._judge_while(still_there, "converse-deleting", self._converse(arn), "ValidationException")
        answer = self._try_create(self._name, f"{self._ledger.run}-token-3")
        self._judge_while(still_there, "name-free-after-deletion", answer, *REFUSED)
        self._remove_surplus(answer, arn)

    def _deleted(self, arn: str) -> None:
        if not eventually(lambda: self._status(arn) == "", ACTIVATION_TIMEOUT):
            self._say("the deployment is still there; the other probes are left out")
            return
        replays = [self._replay(arn)]
        if self._slow:
            wait = 0.0 if self._account.is_local else SLOW_WAIT
            self._say(f"slow probe: the token again in {wait / 60:.0f} min")
            time.sleep(wait)
            replays.append(self._replay(arn))
        # The name is free now, and the token that a refused create brought is still unused.
        earlier = self._ledger.arns()
        answer = self._try_create(self._name, self._spare_token)
        created = str(answer.body.get("customModelDeploymentArn", ""))
        is_new = created != "" and created not in earlier
        for replay in replays:
            self._judge_replay(replay, arn, name_was_free=is_new)
        if not self._spare_was_refused:
            self._results.skip("refused-create-uses-no-token", "no create with that token was refused")
        elif answer.code in ("ok", *REFUSED):
            said = "an earlier deployment" if answer.code == "ok" and not is_new else answer.text
            self._results.add("refused-create-uses-no-token", is_new, said, answer.seconds)
        else:
            self._results.skip("refused-create-uses-no-token", f"another refusal shows nothing: {answer.text}")
        if is_new and self._is_creating(created):
            self._judge("delete-while-creating", self._delete(created), "ValidationException")
        elif is_new:
            self._results.skip("delete-while-creating", "the deployment was not Creating any more")
        self._remove_surplus(answer, arn)

    def _replay(self, arn: str) -> Answer:
        answer = self._try_create(self._name, self._token)
        self._remove_surplus(answer, arn)
        return answer

    def _judge_replay(self, answer: Answer, arn: str, *, name_was_free: bool) -> None:
        if answer.code == "ok":
            same = answer.body["customModelDeploymentArn"] == arn
            said = "the ARN of the deleted one" if same else "a new deployment"
            self._results.add("token-outlives-delete", same, said, answer.seconds)
        elif answer.code in REFUSED and name_was_free:
            # AWS refuses the token, and not the name: so it still knows the token.
            self._judge("token-outlives-delete", answer, *REFUSED)
        else:
            self._results.skip("token-outlives-delete", f"another refusal shows nothing: {answer.text}")

    def _remove_surplus(self, answer: Answer, arn: str) -> None:
        """Delete what AWS created where it was expected to refuse, so that at most two deployments exist."""
        created = answer.body.get("customModelDeploymentArn", arn)
        if created != arn:
            # A delete that AWS refuses, such as one of a deployment that is still Creating, is repeated.
            eventually(lambda: self._delete(created).code == "ResourceNotFoundException", ACTIVATION_TIMEOUT)

    # Calls

    def _create(self, name: str, token: str) -> str:
        answer = self._try_create(name, token)
        if answer.code != "ok":
            raise RuntimeError(f"the first deployment can't be created: {answer.text}")
        return str(answer.body["customModelDeploymentArn"])

    def _try_create(self, name: str, token: str) -> Answer:
        self._ledger.plan(name)
        answer = ask(
            self._bedrock.create_custom_model_deployment,
            modelDeploymentName=name,
            modelArn=self._account.model_arn,
            clientRequestToken=token,
            tags=as_list(self._ledger.tags),
        )
        if answer.code == "ok":
            self._ledger.settle(name, answer.body["customModelDeploymentArn"])
        elif answer.is_refusal:
            self._ledger.settle(name)
        return answer

    def _get(self, arn: str) -> dict[str, Any]:
        """Return what Get shows; nothing when AWS finds no deployment."""
        answer = ask(self._bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=arn)
        if answer.code not in ("ok", "ResourceNotFoundException"):
            raise RuntimeError(f"{arn} can't be read: {answer.text}")
        return answer.body

    def _status(self, arn: str) -> str:
        return str(self._get(arn).get("status", ""))

    def _is_creating(self, arn: str) -> bool:
        return self._status(arn) == "Creating"

    def _list(self, **filters: Any) -> list[dict[str, Any]]:
        pages = self._bedrock.get_paginator("list_custom_model_deployments").paginate(**filters)
        return [each for page in pages for each in page["modelDeploymentSummaries"]]

    def _listed(self, arn: str) -> bool:
        return any(each["customModelDeploymentArn"] == arn for each in self._list())

    def _update(self, arn: str, model: str) -> Answer:
        return ask(self._bedrock.update_custom_model_deployment, customModelDeploymentIdentifier=arn, modelArn=model)

    def _delete(self, arn: str) -> Answer:
        return ask(self._bedrock.delete_custom_model_deployment, customModelDeploymentIdentifier=arn)

    def _converse(self, arn: str) -> Answer:
        return ask(self._runtime.converse, modelId=arn, messages=HELLO, inferenceConfig={"maxTokens": 5})

    def _arn(self, resource: str, *, account: str) -> str:
        partition = self._account.model_arn.split(":")[1]
        return f"arn:{partition}:bedrock:{self._account.region}:{account}:custom-model-deployment/{resource}"
