"""Host side of `CustomModelDeployment`: check, diff, create, read, update and delete, as the dynamic host calls them.

What the engine promises and doesn't, which explains most of this file: `check` sees old inputs; `diff`, `read` and
`delete` see old outputs, which stay as they were when a run changes nothing; `create` is asked anew in every forced
replacement, without a `diff` before. So outputs hold every input, and `create` decides nothing by what it remembers.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from threading import Lock
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from . import errors, inputs
from .deployment import Deployment, Deployments, adopt_or_delete, deletes, region_of
from .host import HostedProvider, decoded, encoded, one_line
from .leftovers import Leftover, Leftovers
from .ownership import MARK, MOST_TAGS, Mark
from .tags import SERVICE_PREFIX
from .waiting import Clock, Deadline
from .watch import Watch

__all__ = ["CustomModelDeploymentProvider"]

_OPTIONS = ("importId", "owner", "timeouts")
"""Inputs that say how to deploy, not what: they are kept in the state, and never force a replacement."""


class CustomModelDeploymentProvider(HostedProvider):
    """A custom model deployment's life. IAM actions: `pulumi_bedrock.deployment.ACTIONS`."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__(clock=clock)
        self._created: set[str] = set()
        self._recorded: set[str] = set()
        self._leftovers = Leftovers()
        self._watches: dict[str, Watch] = {}
        self._lock = Lock()
        self._said: set[str] = set()

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
        self._recorded.add(_id)
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
        self._say_once(line)

    @one_line
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Creates the deployment and returns when it is `Active`, or raises and says what is left.

        What an earlier run of this stack began for this resource and didn't finish is gone on with if it is what the
        program asks for, and removed if not.

        :raises BedrockError: see `errors`.
        """
        props = inputs.normalised(props)
        if props.get("importId"):
            return self._import(props)
        deadline = Deadline(inputs.timeout(props, "create"), self.clock)
        mark = Mark.of(props.get("owner") or {})
        if mark is None:
            self._say_once(
                "an unfinished deployment can't be resumed: the stack has no identity yet, perhaps by --target"
            )
        name = props.get("modelDeploymentName") or inputs.auto_name((props.get("owner") or {}).get("logicalName", ""))
        found = self._unfinished(props, mark, deadline, name)
        arn, name = (found.arn, found.name) if found else (self._begun(props, mark, deadline, name), name)
        deployments = self._deployments(props["region"], props, name)
        replayed = _Replay(deployments, props, name) if "clientRequestToken" in props else None
        try:
            found = deployments.wait_active(arn, deadline, name=name, seen=replayed or (lambda _found: None))
        except errors.DeploymentFailed as failure:
            raise self._without_failed(deployments, arn, failure) from failure
        except errors.TokenReplayed:
            raise
        except errors.ResourceNotFound as gone:
            if replayed and not replayed.seen:
                raise errors.TokenReplayed(
                    f'deployment "{name}": AWS answered with {arn}, which is gone: client_request_token was used for '
                    "it before. Nothing was created; give a new token, or leave it out."
                ) from gone
            raise
        except errors.BedrockError as error:
            raise type(error)(f"{error} {self._left_behind(deployments, arn)}") from error
        return self._finished(deployments, props, found)

    def _unfinished(self, props: dict[str, Any], mark: Mark | None, deadline: Deadline, name: str) -> Deployment | None:
        """What an earlier run began and this one can go on with; removes what it can't use.

        :param name: What a new deployment would be called, for the errors.
        """
        if mark is None:
            return None
        deployments = self._deployments(props["region"], props, name)
        usable = None
        for left in self._leftovers.of(mark, deployments, name):
            found = left.deployment
            if found.arn in self._recorded:
                continue  # it is in the state: only its mark was left, where IAM kept it from being taken off
            if usable is None and self._is_what_is_asked(deployments, left, props):
                usable = found
                self.report(f"{found.name}: {found.status}, begun by an earlier run; going on with it")
            else:
                self.report(f"{found.name}: {found.status}, begun by an earlier run for other inputs; deleting it")
                deployments.delete(found.arn, deadline)
        return usable

    def _is_what_is_asked(self, deployments: Deployments, left: Leftover, props: Mapping[str, Any]) -> bool:
        arn = left.deployment.arn
        # Asked for anew: a list has no descriptions, and may be a little old.
        found = deployments.patiently(arn, lambda: deployments.find(arn))
        if found is None or found.status not in ("Creating", "Active"):
            return False
        logical_name = (props.get("owner") or {}).get("logicalName", "")
        if "modelDeploymentName" not in props and not inputs.is_auto_name(found.name, logical_name):
            return False
        live = {"modelDeploymentName": found.name, **self._as_inputs(found, left.tags, props)}
        return not inputs.differences(declared=props, live=live)

    def _begun(self, props: dict[str, Any], mark: Mark | None, deadline: Deadline, name: str) -> str:
        """The ARN of a new deployment, marked as unfinished in the very call that makes it."""
        deployments = self._deployments(props["region"], props, name)
        deployments.wait_model_active(name, props["modelArn"], deadline)
        token = props.get("clientRequestToken") or str(uuid.uuid4())
        tags = props.get("tagsAll") or {}
        text = mark.text if mark and len(tags) < MOST_TAGS else None
        try:
            return deployments.create(inputs.request(props, name=name, token=token, mark=text), deadline)
        except errors.AccessDenied as denied:
            if text is None or tags:
                raise
            # Without tags of its own a deployment can do without bedrock:TagResource, and then without the mark.
            request = inputs.request(props, name=name, token=token)
            arn = deployments.create(request, deadline)
            self._say_once(f"an unfinished deployment can't be resumed: it could not be marked ({denied})")
            return arn

    def _finished(self, deployments: Deployments, props: Mapping[str, Any], found: Deployment) -> CreateResult:
        """Takes the mark off and hands the deployment to the state."""
        self.engine.require()  # nobody would record it: then the mark has to stay
        try:
            deployments.patiently(found.name, lambda: deployments.finish(found.arn))
        except errors.ResourceNotFound as gone:
            raise errors.ResourceNotFound(f"{gone} It was deleted while this run waited for it.") from gone
        except errors.BedrockError as error:
            self.report(f'{found.name}: take off its tag "{MARK}" by hand, or it will seem unfinished: {error}')
        self._created.add(found.arn)
        return CreateResult(found.arn, _outputs(props, found, auto_named="modelDeploymentName" not in props))

    def _left_behind(self, deployments: Deployments, arn: str) -> str:
        """What becomes of a deployment that isn't in the state: its mark leads the next run to it, or a person acts."""
        try:
            resumable = MARK in deployments.tags(arn)
        except errors.BedrockError:
            resumable = False
        exists = "It exists in the account, but not in the state."
        if resumable:
            return f"{exists} The next `pulumi up` of this stack goes on with it; to delete it instead: {deletes(arn)}"
        return f"{exists} {adopt_or_delete(arn)}"

    def _without_failed(
        self, deployments: Deployments, arn: str, failure: errors.DeploymentFailed
    ) -> errors.DeploymentFailed:
        """Deletes a deployment that failed, since it will never serve, and says whether that worked."""
        try:
            deployments.delete(arn, Deadline(inputs.DEFAULT_TIMEOUTS["delete"], self.clock))
        except errors.BedrockError as error:
            return errors.DeploymentFailed(f"{failure} It could not be deleted ({error}). To delete it: {deletes(arn)}")
        return errors.DeploymentFailed(
            f"{failure} It was deleted, so that nothing is left; mend the cause and run again."
        )

    def _import(self, props: dict[str, Any]) -> CreateResult:
        """Takes a live deployment into the state, if it is what the program declares; changes nothing in AWS."""
        identifier = props["importId"]
        deployments = self._deployments(region_of(identifier) or props["region"], props, identifier)
        found = deployments.patiently(identifier, lambda: deployments.find(identifier))
        if found is None:
            raise errors.ResourceNotFound(
                f"import_: there is no deployment {identifier} in {deployments.region}. "
                "Check the name or ARN and the Region."
            )
        arn = found.arn
        tags = deployments.patiently(identifier, lambda: deployments.tags(arn))
        live = {"modelDeploymentName": found.name, **self._as_inputs(found, tags, props)}
        different = inputs.differences(declared=props, live=live)
        if different:
            raise errors.ImportMismatch(
                f"import_: {found.arn} is not what the program declares: {'; '.join(different)}. "
                "Nothing was changed: make the program say what is live, or import another."
            )
        deadline = Deadline(inputs.timeout(props, "create"), self.clock)
        found = deployments.wait_active(found.arn, deadline, name=found.name)
        if MARK in tags:
            return self._finished(deployments, props, found)
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
        found = deployments.patiently(id_, lambda: deployments.find(id_))
        if found is None and "customModelDeploymentArn" not in props:
            # A `get`, which knows nothing yet: an empty answer would make an empty resource of it.
            raise errors.ResourceNotFound(f"there is no deployment {id_} in {region}. Check the ARN and the Region.")
        if found is None:
            return ReadResult("", {})
        arn = found.arn
        self._recorded.add(arn)
        try:
            tags = deployments.patiently(id_, lambda: deployments.tags(arn))
        except errors.ResourceNotFound:
            return ReadResult("", {})
        live = self._as_inputs(found, tags, props)
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
        self._recorded.add(_id)
        props = inputs.normalised(_props)
        deployments = self._deployments(region_of(_id) or props["region"], props, _id)
        deployments.delete(_id, Deadline(inputs.timeout(props, "delete"), self.clock))

    def _deployments(self, region: str, props: Mapping[str, Any], *public: str) -> Deployments:
        client = self.clients.bedrock(region)
        with self._lock:
            watch = self._watches.setdefault(region, Watch(client, self.clock))
        return Deployments(client, watch=watch, report=self.report, withhold=inputs.withheld(props, *public))

    def _as_inputs(self, found: Deployment, tags: Mapping[str, str], props: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs that would make this very deployment.

        `aws:` tags are AWS's, and those of `aws:ignoreTags` somebody else's, unless the program itself sets them.
        Default tags stay out of `tags`, as the program keeps them: in `tagsAll` only, until someone changes one.
        """
        own, declared = props.get("tags") or {}, props.get("tagsAll") or {}
        ignores = self.clients.configuration.ignores_tag
        everything = {
            key: value
            for key, value in tags.items()
            if not key.startswith(SERVICE_PREFIX) and key != MARK and (key in declared or not ignores(key))
        }
        return inputs.normalised(
            {
                "modelArn": found.model_arn,
                "description": found.description,
                "tags": {k: v for k, v in everything.items() if k in own or declared.get(k) != v},
                "tagsAll": everything,
                "region": found.region,
            }
        )

    def _say_once(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            self.report(line)


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


class _Replay:
    """Refuses another deployment than the one asked for: to a token that was used before, AWS answers with any old one.

    Only a token of the program's own can have been used before, so only then is this worth two calls.
    """

    def __init__(self, deployments: Deployments, props: Mapping[str, Any], name: str) -> None:
        self._deployments, self._props, self._name = deployments, props, name
        self.seen = False

    def __call__(self, found: Deployment) -> None:
        """Looks closely at the first sight of it.

        :raises TokenReplayed: when it isn't what was asked for.
        """
        if self.seen:
            return
        full = self._deployments.find(found.arn)
        if full is None:
            return
        self.seen = True
        tags, asked_tags = self._deployments.tags(found.arn), self._props.get("tagsAll") or {}
        asked = (self._name, self._props["modelArn"], self._props.get("description"))
        if asked != (full.name, full.model_arn, full.description) or not asked_tags.items() <= tags.items():
            raise errors.TokenReplayed(
                f'deployment "{self._name}": AWS answered with another deployment, {full.arn} ("{full.name}", model '
                f"{full.model_arn}), because client_request_token was used before. Nothing was created or changed; "
                "give a new token, or leave it out."
            )


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
