"""Host side of `CustomModelDeployment`: check, diff, create, read, update and delete, as the dynamic host calls them.

What the engine promises and doesn't, which explains most of this file: `check` sees old inputs; `diff`, `read` and
`delete` see old outputs, which stay as they were when a run changes nothing; `create` is asked anew in every forced
replacement, without a `diff` before. So outputs hold every input, and `create` decides nothing by what it remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from pulumi_bedrock import errors
from pulumi_bedrock.aws.resources import Deployment, region_of
from pulumi_bedrock.aws.waiting import Clock, Deadline
from pulumi_bedrock.lifecycle import inputs
from pulumi_bedrock.lifecycle.create import adopted, created
from pulumi_bedrock.lifecycle.run_context import Run

from .base_provider import HostedProvider, decoded, encoded, one_line

__all__ = ["CustomModelDeploymentProvider"]

_OPTIONS = ("importId", "owner", "timeouts")
"""Inputs that say how to deploy, not what: they are kept in the state, and never force a replacement."""


class CustomModelDeploymentProvider(HostedProvider):
    """A custom model deployment's life. IAM actions: `pulumi_bedrock.aws.deployments.ACTIONS`."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__(clock=clock)
        self._lock = Lock()
        self._shared: Run | None = None

    @property
    def _run(self) -> Run:
        with self._lock:
            if self._shared is None:
                self._shared = Run(self.clients, clock=self.clock, report=self.report, require=self.engine.require)
            return self._shared

    @one_line
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Resolves the Region and validates everything at once. No network."""
        checked = inputs.normalised(decoded(news))
        region = checked.get("region") or self.clients.region
        if region is not None:
            checked["region"] = region
        # An empty property name: with one, the engine would print the value, secret or not.
        failures = [CheckFailure("", reason) for reason in inputs.failures(checked)]
        return CheckResult(encoded(checked), failures)

    @one_line
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Every changed input forces a replacement; a changed timeout alone is an update. No network."""
        self._run.recorded.add(_id)
        old, new = inputs.normalised(decoded(_olds)), inputs.normalised(decoded(_news))
        replaces = inputs.changes(old, new)
        _refuse_change_under_import(_id, old, new, replaces)
        deletes_first = bool(replaces) and inputs.deletes_first(old, new)
        self._say_of_used_token(old, new, replaces, deletes_first=deletes_first)
        return DiffResult(
            changes=bool(replaces) or old.get("timeouts") != new.get("timeouts"),
            replaces=replaces,
            delete_before_replace=deletes_first,
        )

    def _say_of_used_token(
        self, old: Mapping[str, Any], new: Mapping[str, Any], replaces: list[str], *, deletes_first: bool
    ) -> None:
        """To the old one's token AWS would answer with the old one: said in a preview, and refused before a delete."""
        token = new.get("clientRequestToken")
        known = [key for key in replaces if not inputs.holds_unknown(new.get(key))]
        if token is None or token != old.get("clientRequestToken") or not known:
            return
        line = (
            f"{', '.join(known)} changed, which needs a new deployment, but client_request_token is still that of the "
            "old one, and AWS would answer with the old one. Give a new token with the change, or leave it out."
        )
        if deletes_first:
            raise errors.TokenReplayed(line)
        self._run.say_once(line)

    @one_line
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Returns with the deployment `Active`, or raises and says what is left.

        :raises BedrockError: see `errors`.
        """
        props = inputs.normalised(props)
        found = (adopted if props.get("importId") else created)(self._run, props)
        return CreateResult(found.arn, _outputs(props, found, auto_named="modelDeploymentName" not in props))

    @one_line
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The live state in full. Only AWS's not-found means gone; every other error is raised, and the state stays."""
        props = inputs.normalised(props)
        region = region_of(id_) or props.get("region") or self.clients.region
        if region is None:
            raise errors.RegionMissing(f"{id_}: no AWS Region is set: set aws:region, or give the ARN.")
        deployments = self._run.deployments(region, props, id_)
        found = deployments.patiently(id_, lambda: deployments.find(id_))
        is_get = "customModelDeploymentArn" not in props
        if found is None and is_get:
            # It knows nothing yet: an empty answer would make an empty resource of it.
            raise errors.ResourceNotFound(f"there is no deployment {id_} in {region}. Check the ARN and the Region.")
        if found is None:
            return ReadResult("", {})
        arn = found.arn
        if not is_get:
            self._run.recorded.add(arn)
        try:
            tags = deployments.patiently(id_, lambda: deployments.tags(arn))
        except errors.ResourceNotFound:
            return ReadResult("", {})
        live = inputs.live(found, tags, declared=props, ignores=self.clients.configuration.ignores_tag)
        markers = {key: props[key] for key in (*_OPTIONS, "clientRequestToken") if key in props}
        named = {"modelDeploymentName": found.name}
        given = {} if props.get("autoNamed") else named
        outputs = _outputs({**markers, **live, **named}, found, auto_named=bool(props.get("autoNamed")))
        return ReadResult(found.arn, outputs, {**markers, **live, **given})

    @one_line
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Takes over changed options, such as timeouts, without a call: `delete` is handed outputs, not inputs."""
        kept = {key: value for key, value in _olds.items() if key not in _OPTIONS}
        return UpdateResult({**kept, **{key: _news[key] for key in _OPTIONS if key in _news}})

    @one_line
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Deletes the deployment, and returns when it is gone."""
        if _id in self._run.created:
            self.report(f"{_id}: kept, since this run's own create returned it: it is the one in the state now")
            return
        self._run.recorded.add(_id)
        props = inputs.normalised(_props)
        deployments = self._run.deployments(region_of(_id) or props["region"], props, _id)
        deployments.delete(_id, Deadline(inputs.timeout(props, "delete"), self.clock))


def _outputs(props: Mapping[str, Any], found: Deployment, *, auto_named: bool) -> dict[str, Any]:
    """What the state holds: every input, and what only AWS knows."""
    return {
        **props,
        "modelDeploymentName": found.name,
        "autoNamed": auto_named,
        "customModelDeploymentArn": found.arn,
        "status": found.status,
        "createdAt": found.created_at,
    }


def _refuse_change_under_import(id_: str, old: Mapping[str, Any], new: Mapping[str, Any], replaces: list[str]) -> None:
    """A replacement would ask `create`, which would import once more: refused before anything is deleted for it."""
    import_id = new.get("importId")
    known = [key for key in replaces if not inputs.holds_unknown(new.get(key))]
    if not import_id:
        return
    if import_id not in (id_, old.get("modelDeploymentName")):
        raise errors.ImportPending(
            f"import_ names {import_id}, but this resource already is {id_}. Take import_ out, or give the other "
            "deployment a resource of its own."
        )
    if known:
        raise errors.ImportPending(
            f"{', '.join(known)} changed, which needs a new deployment, but import_ is still among the options. "
            "The import is done: take import_ out, and the change will replace it."
        )
