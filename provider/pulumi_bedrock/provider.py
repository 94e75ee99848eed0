"""Host side of `CustomModelDeployment`: check, diff, create, read, update and delete, as the dynamic host calls them.

What the engine promises and doesn't, which explains most of this file: `check` sees old inputs; `diff`, `read` and
`delete` see old outputs, which stay as they were when a run changes nothing; `create` is asked anew in every forced
replacement, without a `diff` before. So outputs hold every input, and `create` decides nothing by what it remembers.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from . import errors, inputs
from .constraints import UNKNOWN
from .deployment import Deployment, Deployments, adopt_or_delete, region_of
from .host import HostedProvider, decoded, encoded, one_line
from .tags import SERVICE_PREFIX
from .waiting import Clock, Deadline

__all__ = ["CustomModelDeploymentProvider"]

_OPTIONS = ("importId", "owner", "timeouts")
"""Inputs that say how to deploy, not what: they are kept in the state, and never force a replacement."""


class CustomModelDeploymentProvider(HostedProvider):
    """A custom model deployment's life. IAM actions: `pulumi_bedrock.deployment.ACTIONS`."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__(clock=clock)
        self._created: set[str] = set()

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
        old, new = inputs.normalised(decoded(_olds)), inputs.normalised(decoded(_news))
        replaces = inputs.changes(old, new)
        _refuse_change_under_import(_id, old, new, replaces)
        return DiffResult(
            changes=bool(replaces) or old.get("timeouts") != new.get("timeouts"),
            replaces=replaces,
            delete_before_replace=bool(replaces) and inputs.deletes_first(old, new),
        )

    @one_line
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Creates the deployment and returns when it is `Active`, or raises and says what is left.

        :raises BedrockError: see `errors`.
        """
        props = inputs.normalised(props)
        if props.get("importId"):
            return self._import(props)
        deadline = Deadline(inputs.timeout(props, "create"), self.clock)
        name = props.get("modelDeploymentName") or inputs.auto_name(props["owner"]["logicalName"])
        deployments = self._deployments(props["region"], props, name)
        deployments.wait_model_active(name, props["modelArn"], deadline)
        token = props.get("clientRequestToken") or str(uuid.uuid4())
        arn = deployments.create(inputs.request(props, name=name, token=token), deadline)
        try:
            found = deployments.wait_active(
                arn, deadline, name=name, seen=lambda found: _refuse_another(found, name, props)
            )
        except errors.DeploymentFailed as failure:
            raise self._without_failed(deployments, arn, failure) from failure
        except errors.TokenReplayed:
            raise
        except errors.BedrockError as error:
            raise type(error)(
                f"{error} It exists in the account, but not in the state. {adopt_or_delete(arn)}"
            ) from error
        self._created.add(arn)
        return CreateResult(arn, _outputs(props, found, auto_named="modelDeploymentName" not in props))

    def _without_failed(
        self, deployments: Deployments, arn: str, failure: errors.DeploymentFailed
    ) -> errors.DeploymentFailed:
        """Deletes a deployment that failed, since it will never serve, and says whether that worked."""
        try:
            deployments.delete(arn, Deadline(inputs.DEFAULT_TIMEOUTS["delete"], self.clock))
        except errors.BedrockError as error:
            return errors.DeploymentFailed(f"{failure} It could not be deleted ({error}). {adopt_or_delete(arn)}")
        return errors.DeploymentFailed(
            f"{failure} It was deleted, so that nothing is left; mend the cause and run again."
        )

    def _import(self, props: dict[str, Any]) -> CreateResult:
        """Takes a live deployment into the state, if it is what the program declares; changes nothing in AWS."""
        identifier = props["importId"]
        deployments = self._deployments(region_of(identifier) or props["region"], props, identifier)
        found = deployments.find(identifier)
        if found is None:
            raise errors.ResourceNotFound(
                f"import_: there is no deployment {identifier} in {deployments.region}. "
                "Check the name or ARN and the Region."
            )
        live = {"modelDeploymentName": found.name, **(self._live(deployments, found, props) or {})}
        different = inputs.differences(declared=props, live=live)
        if different:
            raise errors.ImportMismatch(
                f"import_: {found.arn} is not what the program declares: {'; '.join(different)}. "
                "Nothing was changed: make the program say what is live, or import another."
            )
        found = deployments.wait_active(
            found.arn, Deadline(inputs.timeout(props, "create"), self.clock), name=found.name
        )
        self._created.add(found.arn)
        return CreateResult(found.arn, _outputs(props, found, auto_named="modelDeploymentName" not in props))

    @one_line
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The live state in full. Only AWS's not-found means gone; every other error is raised, and the state stays."""
        props = inputs.normalised(props)
        region = region_of(id_) or props.get("region") or self.clients.region
        if region is None:
            raise errors.RegionMissing(f"{id_}: no AWS Region is set: set aws:region, or give the ARN.")
        deployments = self._deployments(region, props, id_)
        found = deployments.find(id_)
        live = self._live(deployments, found, props) if found else None
        if found is None or live is None:
            return ReadResult("", {})
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
        if _id in self._created:
            self.report(f"{_id}: kept, since this run's own create returned it: it is the one in the state now")
            return
        props = inputs.normalised(_props)
        deployments = self._deployments(region_of(_id) or props["region"], props, _id)
        deployments.delete(_id, Deadline(inputs.timeout(props, "delete"), self.clock))

    def _deployments(self, region: str, props: Mapping[str, Any], *public: str) -> Deployments:
        return Deployments(self.clients.bedrock(region), report=self.report, withhold=inputs.withheld(props, *public))

    def _live(self, deployments: Deployments, found: Deployment, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """The inputs that would make this very deployment; None when it went away while its tags were asked for.

        `aws:` tags are AWS's, and those of `aws:ignoreTags` somebody else's, unless the program itself sets them.
        Default tags stay out of `tags`, as the program keeps them: in `tagsAll` only, until someone changes one.
        """
        try:
            everything = deployments.tags(found.arn)
        except errors.ResourceNotFound:
            return None
        own, declared = props.get("tags") or {}, props.get("tagsAll") or {}
        ignores = self.clients.configuration.ignores_tag
        everything = {
            key: value
            for key, value in everything.items()
            if not key.startswith(SERVICE_PREFIX) and (key in declared or not ignores(key))
        }
        tags = {key: value for key, value in everything.items() if key in own or declared.get(key) != value}
        return inputs.normalised(
            {
                "modelArn": found.model_arn,
                "description": found.description,
                "tags": tags,
                "tagsAll": everything,
                "region": found.region,
            }
        )


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


def _refuse_another(found: Deployment, name: str, props: Mapping[str, Any]) -> None:
    """A replayed token makes AWS answer with the deployment that the token made first, which may be any other."""
    asked = (name, props["modelArn"], props.get("description"))
    if asked == (found.name, found.model_arn, found.description):
        return
    raise errors.TokenReplayed(
        f'deployment "{name}": AWS answered with another deployment, {found.arn} ("{found.name}", model '
        f"{found.model_arn}), because client_request_token was used before. Nothing was created or changed; give a new "
        "token, or leave it out."
    )


def _refuse_change_under_import(id_: str, old: Mapping[str, Any], new: Mapping[str, Any], replaces: list[str]) -> None:
    """A replacement would ask `create`, which would import once more: refused before anything is deleted for it."""
    import_id = new.get("importId")
    known = [key for key in replaces if new.get(key) is not UNKNOWN]
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
