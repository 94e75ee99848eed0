"""The probes of one deployment's life, on boto3 alone: what AWS answers where its documentation leaves it open."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_bedrock.values.tags import as_list

from .account import Account, Answer, ask
from .ledger import Ledger
from .polling import eventually
from .results import Results

__all__ = ["Probes"]

ACTIVATION_TIMEOUT = 5400.0
LAG_ALLOWED = 30.0
"""Seconds for which the provider puts up with a read that doesn't show a new deployment."""
SLOW_WAIT = 3600.0
_WHILE_DELETING = ("deleting-shown", "second-delete-conflict", "converse-deleting", "name-free-after-deletion")
HELLO = [{"role": "user", "content": [{"text": "Say hello."}]}]


class Probes:
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
        self._account, self._ledger, self._results, self._say = account, ledger, results, say
        self._other_model, self._slow = other_model, slow
        self._bedrock, self._runtime = account.bedrock, account.runtime
        self._name, self._token = ledger.name("probe"), f"{ledger.run}-token-1"
        self._spare_token = f"{ledger.run}-token-2"

    def run(self) -> None:
        """Ask everything, from before the first create to after the last delete."""
        self._say("probes: names and ARNs that don't exist")
        self._absent()
        self._say("probes: a deployment that is Creating")
        arn = self._create(self._name, self._token)
        beside = arn.split(":")[:5] == self._account.model_arn.split(":")[:5]
        self._results.add(
            "deployment-beside-model", beside, f"the model is {self._account.model_arn}, and this is {arn}"
        )
        self._creating(arn)
        began = time.monotonic()
        if not eventually(lambda: self._status(arn) != "Creating", ACTIVATION_TIMEOUT):
            self._say("the deployment is still Creating; the other probes are left out")
            return
        status = self._status(arn)
        self._say(f"the deployment is {status} after {time.monotonic() - began:.0f} s")
        self._results.add("active-model-deployable", status == "Active", f"{status} after the create")
        if status != "Active":
            return
        self._active(arn)
        self._say("probes: a deployment that is Deleting")
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
        said = f"{'shown' if seen else 'not shown'} after {time.monotonic() - began:.1f} s"
        if self._status(arn) == "Creating":
            self._results.add("list-shows-creating", seen, said)
        else:
            self._results.skip("list-shows-creating", "the deployment was not Creating any more")
        if seen or self._status(arn) != "Creating":
            self._results.add("reads-lag-briefly", seen, said)
        else:
            self._results.skip("reads-lag-briefly", "the list does not show the deployment while it is Creating")
        if self._status(arn) == "Creating":
            self._judge("converse-not-ready", self._converse(arn), "ModelNotReadyException")
            model = self._other_model or self._account.model_arn
            answer = self._update(arn, model)
            self._judge("update-needs-active", answer, "ValidationException", "ConflictException")
        else:
            for identifier in ("converse-not-ready", "update-needs-active"):
                self._results.skip(identifier, "the deployment was not Creating any more")
        again = self._try_create(self._name, self._token)
        same = again.body.get("customModelDeploymentArn") == arn
        self._results.add("token-replayed", again.code == "ok" and same, again.text if same else f"{again.text}; new")
        self._remove_surplus(again, arn)
        answer = self._try_create(self._name, self._spare_token)
        self._judge("name-taken", answer, "ValidationException", "ConflictException")
        self._remove_surplus(answer, arn)
        answer = self._try_create("-not-a-name", self._token)
        self._judge("constraints-before-replay", answer, "ValidationException")
        self._remove_surplus(answer, arn)

    # While it is Active

    def _active(self, arn: str) -> None:
        answer = ask(self._bedrock.tag_resource, resourceARN=arn, tags=as_list({f"t{n}": "x" for n in range(51)}))
        self._judge("fifty-tags", answer, "TooManyTagsException")
        if answer.code == "ok":
            ask(self._bedrock.untag_resource, resourceARN=arn, tagKeys=[f"t{n}" for n in range(51)])
        answer = ask(self._bedrock.tag_resource, resourceARN=arn, tags=as_list({"aws:acceptance": "x"}))
        self._results.add("nobody-sets-aws-tags", answer.code != "ok", answer.text)
        ask(self._bedrock.tag_resource, resourceARN=arn, tags=as_list({"removable": "x"}))
        answer = ask(self._bedrock.untag_resource, resourceARN=arn, tagKeys=["removable"])
        tags = ask(self._bedrock.list_tags_for_resource, resourceARN=arn).body.get("tags", [])
        removed = answer.code == "ok" and "removable" not in {tag["key"] for tag in tags}
        self._results.add("tags-removable", removed, answer.text)
        answer = ask(self._bedrock.untag_resource, resourceARN=arn, tagKeys=["a-key-that-it-does-not-have"])
        self._judge("untag-unknown-key", answer, "ok")
        self._lists(arn)
        if self._other_model is None:
            for identifier in ("list-shows-update", "update-keeps-serving"):
                self._results.skip(identifier, "no OTHER_MODEL_ARN was given")
        else:
            self._swap(arn, self._other_model)

    def _lists(self, arn: str) -> None:
        ours = self._list(nameContains=self._ledger.prefix)
        nothing = self._list(nameContains=f"{self._ledger.prefix}-nothing")
        failed = [each for each in self._list(statusEquals="Failed") if each["customModelDeploymentArn"] == arn]
        held = [each["customModelDeploymentArn"] for each in ours] == [arn] and not nothing and not failed
        counts = f"{len(ours)} by name, {len(nothing)} by another name, {len(failed)} by another status"
        self._results.add("list-filters", held, counts)
        times = [each["createdAt"] for each in self._list()]
        newest_first = times == sorted(times, reverse=True)
        order = "newest first" if newest_first else "in another order"
        if len(times) > 1:
            self._results.add("list-newest-first", newest_first, f"{len(times)} deployments, {order}")
        else:
            self._results.skip("list-newest-first", "there was only one deployment")

    def _swap(self, arn: str, model: str) -> None:
        answer = self._update(arn, model)
        if answer.code != "ok":
            self._results.add("update-keeps-serving", False, answer.text)
            self._results.skip("list-shows-update", "the update was refused")
            return
        during = self._get(arn)
        serving = self._serves(arn)
        details: Callable[[], Mapping[str, Any]] = lambda: self._get(arn).get("updateDetails", {})  # noqa: E731
        eventually(lambda: details().get("updateStatus") != "Updating", ACTIVATION_TIMEOUT)
        after = self._get(arn)
        held = serving and during.get("status") == after.get("status") == "Active" and after.get("modelArn") == model
        said = f"status {during.get('status')} during and {after.get('status')} after; {details().get('updateStatus')}"
        self._results.add("update-keeps-serving", held, said)
        listed = [each["modelArn"] for each in self._list() if each["customModelDeploymentArn"] == arn]
        self._results.add("list-shows-update", listed == [model], f"the list shows {listed}")

    # From its delete on

    def _deleting(self, arn: str) -> None:
        self._delete(arn)
        shown = [
            self._status(arn),
            *(each["status"] for each in self._list() if each["customModelDeploymentArn"] == arn),
        ]
        if shown[0] == "":
            for identifier in (
                "deleting-shown",
                "second-delete-conflict",
                "converse-deleting",
                "name-free-after-deletion",
            ):
                self._results.skip(identifier, "the deployment was gone at once")
            return
        self._results.add("deleting-shown", set(shown) == {"Deleting"}, f"Get and List show {shown}")
        self._judge("second-delete-conflict", self._delete(arn), "ConflictException")
        self._judge("converse-deleting", self._converse(arn), "ValidationException")
        answer = self._try_create(self._name, f"{self._ledger.run}-token-3")
        self._judge("name-free-after-deletion", answer, "ValidationException", "ConflictException")
        self._remove_surplus(answer, arn)

    def _deleted(self, arn: str) -> None:
        if not eventually(lambda: self._status(arn) == "", ACTIVATION_TIMEOUT):
            self._say("the deployment is still there; the other probes are left out")
            return
        self._replay(arn)
        if self._slow:
            wait = 0.0 if self._account.is_local else SLOW_WAIT
            self._say(f"slow probe: the token again in {wait / 60:.0f} min")
            time.sleep(wait)
            self._replay(arn)
        # The name is free now, and the token that a refused create brought is still unused.
        answer = self._try_create(self._name, self._spare_token)
        self._results.add("refused-create-uses-no-token", answer.code == "ok", answer.text)
        created = answer.body.get("customModelDeploymentArn", "")
        if self._status(created) == "Creating":
            self._judge("delete-while-creating", self._delete(created), "ok")
        elif answer.code == "ok":
            self._results.skip("delete-while-creating", "the deployment was not Creating any more")
        self._remove_surplus(answer, arn)

    def _replay(self, arn: str) -> None:
        answer = self._try_create(self._name, self._token)
        same = answer.body.get("customModelDeploymentArn") == arn
        # A refusal shows as well that AWS still knows the token.
        known = same or answer.code != "ok"
        self._results.add("token-outlives-delete", known, "the ARN of the deleted one" if same else answer.text)
        self._remove_surplus(answer, arn)

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
        answer = ask(
            self._bedrock.create_custom_model_deployment,
            modelDeploymentName=name,
            modelArn=self._account.model_arn,
            clientRequestToken=token,
            tags=as_list(self._ledger.tags),
        )
        if answer.code == "ok":
            self._ledger.add(answer.body["customModelDeploymentArn"])
        return answer

    def _get(self, arn: str) -> dict[str, Any]:
        return ask(self._bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=arn).body

    def _status(self, arn: str) -> str:
        return str(self._get(arn).get("status", ""))

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

    def _serves(self, arn: str) -> bool:
        return eventually(lambda: self._converse(arn).code == "ok", LAG_ALLOWED)

    def _arn(self, resource: str, *, account: str) -> str:
        partition = self._account.model_arn.split(":")[1]
        return f"arn:{partition}:bedrock:{self._account.region}:{account}:custom-model-deployment/{resource}"

    def _judge(self, identifier: str, answer: Answer, *codes: str) -> None:
        self._results.add(identifier, answer.code in codes, answer.text)
