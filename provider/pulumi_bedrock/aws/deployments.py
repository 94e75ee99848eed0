"""A custom model deployment, AWS's side of it: create, find, wait, delete, on an injected boto3 client.

Small functions that say what they wait for. A status that isn't known is never taken for done. IAM actions stand in
each function's docstring; `ACTIONS` is their sum, and the README's policy is made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_bedrock import errors
from pulumi_bedrock.values.durations import spoken
from pulumi_bedrock.values.ownership import FINISHED, MARK
from pulumi_bedrock.values.redaction import Redaction

from .error_mapping import translated
from .poller import Watch
from .resources import Deployment, adopt_or_delete, deletes, region_of, subject
from .waiting import Clock, Deadline, Wait

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

__all__ = [
    "ACTIONS",
    "Deployment",
    "Deployments",
    "adopt_or_delete",
    "deletes",
    "region_of",
]

ACTIONS = (
    "bedrock:CreateCustomModelDeployment",
    "bedrock:DeleteCustomModelDeployment",
    "bedrock:GetCustomModel",
    "bedrock:GetCustomModelDeployment",
    "bedrock:ListCustomModelDeployments",
    "bedrock:ListTagsForResource",
    "bedrock:TagResource",
    "bedrock:UntagResource",
)
"""Every IAM action that a deployment's life needs. `TagResource` is checked by AWS when a create carries tags."""

T = TypeVar("T")


ACTIVE = "Active"
FAILED = "Failed"
MODEL_PENDING = "Creating"

LIST_GRACE = 5.0
"""Seconds in which a deployment may be missing from the list before it is asked for by itself."""

NOT_FOUND_GRACE = 30.0
"""Seconds in which a deployment that was just created may not be found yet: AWS's reads are eventually consistent."""

PATIENCE = 120.0
"""Seconds for which one call is tried again while AWS throttles or has errors of its own."""


class Deployments:
    """The deployments of one account and Region, for one operation.

    :param client: boto3's Bedrock client.
    :param watch: The looks that all operations of a run share.
    :param report: Takes a line for the person at the terminal.
    :param withhold: Cuts values that may be secret out of AWS's messages.
    """

    def __init__(
        self,
        client: BedrockClient,
        *,
        watch: Watch | None = None,
        report: Callable[[str], None] = lambda _line: None,
        withhold: Redaction | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.client, self.report, self.withhold = client, report, withhold or Redaction()
        self.watch = watch or Watch(client, clock)

    @property
    def region(self) -> str:
        """The Region that is called."""
        return self.watch.region

    @property
    def clock(self) -> Clock:
        """Time as the waits see it."""
        return self.watch.clock

    def create(self, request: Mapping[str, Any], deadline: Deadline) -> str:
        """Starts a deployment and returns its ARN; AWS answers at once, with the deployment `Creating`.

        All tries carry the request's one token, so that a lost answer can't make a second deployment.

        IAM: bedrock:CreateCustomModelDeployment, and bedrock:TagResource when there are tags.

        :raises NameTaken: when another deployment has the name.
        :raises BedrockError: one class for each of the API's errors.
        """
        name = request["modelDeploymentName"]
        wait = Wait(
            deadline.at_most(PATIENCE),
            report=self.report,
            what=(name, "AWS to take the request"),
            answered=True,  # a create comes after other calls, and its answer may get lost when the work is done
        )
        try:
            return wait.answer(lambda: self._create_once(request))
        except errors.ValidationFailed as refused:
            # AWS has no error of its own for a taken name, so look.
            other = self._find_quietly(name)
            if other is None:
                raise
            raise errors.NameTaken(
                f'deployment "{name}": the name is taken in {self.region} by {other.arn} (model {other.model_arn}, '
                f'status {other.status}), and nothing was changed. Choose another name, or import_="{other.arn}" to '
                "manage that one. If it is the one being replaced, add delete_before_replace=True to the options."
            ) from refused
        except errors.BedrockError as error:
            if not error.transient:
                raise
            raise type(error)(
                f"{error} If AWS made it all the same, the next `pulumi up` finds it by its tag {MARK}."
            ) from error

    def _create_once(self, request: Mapping[str, Any]) -> str:
        name, home = request["modelDeploymentName"], _home(request["modelArn"], self.region)
        with self._call("CreateCustomModelDeployment", name, not_found=home):
            return self.client.create_custom_model_deployment(**request)["customModelDeploymentArn"]

    def find(self, identifier: str) -> Deployment | None:
        """The deployment with this name or ARN, or None when AWS says that there is none.

        IAM: bedrock:GetCustomModelDeployment.
        """
        with _about(identifier):
            return self.watch.find(identifier)

    def everything(self, name: str) -> list[Deployment]:
        """Every deployment of the account and Region, newest first, without its description.

        IAM: bedrock:ListCustomModelDeployments.

        :param name: The deployment on whose behalf is looked, for the errors.
        """
        with _about(name):
            return self.watch.everything()

    def tags(self, arn: str) -> dict[str, str]:
        """All tags of a deployment, by key.

        IAM: bedrock:ListTagsForResource.
        """
        with self._call("ListTagsForResource", arn):
            answer = self.client.list_tags_for_resource(resourceARN=arn)
        return {tag["key"]: tag["value"] for tag in answer.get("tags", [])}

    def patiently(self, what: str, call: Callable[[], T]) -> T:
        """What a call on this very object returns, ridden out for `PATIENCE` seconds.

        :param what: The deployment, for the progress lines.
        """
        wait = Wait(Deadline(PATIENCE, self.clock), report=self.report, what=(what, "AWS to answer"))
        return wait.answer(call)

    def finish(self, arn: str) -> None:
        """Takes the mark of an unfinished deployment off, or writes over it where that isn't allowed.

        IAM: bedrock:UntagResource, or else bedrock:TagResource.
        """
        try:
            with self._call("UntagResource", arn):
                self.client.untag_resource(resourceARN=arn, tagKeys=[MARK])
        except errors.AccessDenied:
            with self._call("TagResource", arn):
                self.client.tag_resource(resourceARN=arn, tags=[{"key": MARK, "value": FINISHED}])

    def marks_come_off(self, arn: str, value: str) -> bool:
        """Whether IAM lets the mark be taken off or written over; where it doesn't, a mark proves nothing.

        Writes the same mark once more, or takes off a tag that isn't there: nothing is changed.

        IAM: bedrock:TagResource, or else bedrock:UntagResource.
        """
        try:
            with self._call("TagResource", arn):
                self.client.tag_resource(resourceARN=arn, tags=[{"key": MARK, "value": value}])
        except errors.AccessDenied:
            try:
                with self._call("UntagResource", arn):
                    self.client.untag_resource(resourceARN=arn, tagKeys=[f"{MARK}-probe"])
            except errors.AccessDenied:
                return False
        return True

    def wait_model_active(self, name: str, model_arn: str, deadline: Deadline) -> None:
        """Waits until the custom model can be deployed. Where it can't be looked at, AWS's create decides.

        IAM: bedrock:GetCustomModel; without it there is no wait.

        :raises ModelFailed: when the model's own creation failed.
        :raises WaitTimeout: when it is still being made at the deadline; nothing was created then.
        """
        wait = Wait(deadline, report=self.report, what=(name, "its custom model"))
        for _ in wait:
            with wait.riding_out():
                with _about(name):
                    look = self.watch.model(model_arn)
                wait.looked_at = look.at
                if look.seen.status == FAILED:
                    raise errors.ModelFailed(
                        f'deployment "{name}": the custom model {model_arn} is Failed: AWS said: '
                        f"{self._why(look.seen.failure_message)} Nothing was created; deploy a model that is Active."
                    )
                if look.seen.status != MODEL_PENDING:
                    return
                wait.progress(f"model {look.seen.status}")
        raise errors.WaitTimeout(
            f'deployment "{name}": the custom model {model_arn} was not Active after {spoken(deadline.timeout)}. '
            f"Nothing was created; run it again, with a longer custom_timeouts create.{_last(wait)}"
        )

    def wait_active(
        self,
        arn: str,
        deadline: Deadline,
        *,
        name: str,
        seen: Callable[[Deployment], None] = lambda _found: None,
    ) -> Deployment:
        """Waits until a deployment serves.

        IAM: bedrock:GetCustomModelDeployment.

        :param seen: Is handed the deployment at each look; what it raises ends the wait.
        :raises DeploymentFailed: with AWS's failureMessage.
        :raises ResourceNotFound: when AWS doesn't find it, `NOT_FOUND_GRACE` after the wait began or later.
        :raises WaitTimeout: when it isn't `Active` at the deadline; it is left as it is, since it may be healthy.
        """
        wait = Wait(deadline, report=self.report, what=(name, ACTIVE), answered=True)
        status = "not to be seen"
        with self.watch.awaiting(arn):
            for waited in wait:
                with wait.riding_out():
                    with _about(name):
                        look = self.watch.deployment(arn, doubt=waited > LIST_GRACE)
                    wait.looked_at, found = look.at, look.seen
                    if found is None:
                        if waited > NOT_FOUND_GRACE:
                            raise errors.ResourceNotFound(f'deployment "{name}": AWS does not find {arn}.')
                        continue
                    seen(found)
                    status = found.status
                    if status == ACTIVE:
                        self.report(f"{name}: Active after {spoken(deadline.elapsed)}: {arn}")
                        return found
                    if status == FAILED:
                        raise errors.DeploymentFailed(
                            f'deployment "{name}" is Failed: AWS said: {self._why(found.failure_message)}'
                        )
                    wait.progress(status)
        raise errors.WaitTimeout(
            f'deployment "{name}": still {status} after {spoken(deadline.timeout)}, and left as it is, since it may be '
            f"healthy. Give it longer with custom_timeouts create.{_last(wait)}"
        )

    def delete(self, arn: str, deadline: Deadline) -> None:
        """Deletes a deployment and waits until it is really gone, so that its name is free. Gone already is fine.

        IAM: bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModelDeployment.

        :raises WaitTimeout: when it is still there at the deadline.
        """
        wait = Wait(deadline, report=self.report, what=(arn.rpartition("/")[2], "its deletion"))
        asked = False
        for _ in wait:
            with wait.riding_out():
                if not asked:
                    try:
                        with self._call("DeleteCustomModelDeployment", arn):
                            self.client.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
                    except errors.ResourceNotFound:
                        return
                    asked = True
                with _about(arn), self.watch.awaiting(arn):
                    look = self.watch.deployment(arn, doubt=True)
                wait.looked_at = look.at
                if look.seen is None:
                    return
                wait.progress(look.seen.status)
        how = "though AWS was asked to delete it" if asked else "and AWS has not taken its deletion"
        raise errors.WaitTimeout(
            f"deployment {arn}: still there after {spoken(deadline.timeout)}, {how}. "
            f"Run it again, with a longer custom_timeouts delete.{_last(wait)}"
        )

    def _why(self, failure_message: str | None) -> str:
        return errors.sentence(self.withhold(failure_message or "nothing on why"))

    def _find_quietly(self, name: str) -> Deployment | None:
        try:
            return self.find(name)
        except errors.BedrockError:
            return None

    @contextmanager
    def _call(self, operation: str, identifier: str, *, not_found: str = "") -> Iterator[None]:
        with translated(
            f"bedrock:{operation}",
            subject=subject(identifier),
            region=self.region,
            withhold=self.withhold,
            not_found=not_found,
        ):
            yield


@contextmanager
def _about(identifier: str) -> Iterator[None]:
    """Says whose error it is: an answer that is shared can't know who asks."""
    try:
        yield
    except errors.BedrockError as error:
        raise type(error)(f"{subject(identifier)}: {error}") from error


def _last(wait: Wait) -> str:
    return f" The last answer was {type(wait.last_error).__name__}: {wait.last_error}" if wait.last_error else ""


def _home(model_arn: str, region: str) -> str:
    home = model_arn.split(":")[3] if model_arn.count(":") > 3 else region
    if home != region:
        return f"The model's ARN is in {home}, but the deployment is to be made in {region}: set region or aws:region."
    return "Check model_arn: it must be a custom model of this account and Region."
