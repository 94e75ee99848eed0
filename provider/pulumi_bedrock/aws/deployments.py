"""The calls and waits of one deployment: create, find, tag, wait and delete, on an injected boto3 client.

Each function says which status it waits for; a status that isn't known never counts as done. A function's docstring
names the IAM actions that it needs; `ACTIONS` is their sum, and the documented policy is held to it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from pulumi_bedrock import errors
from pulumi_bedrock.values.arns import region_in, subject
from pulumi_bedrock.values.durations import format_duration
from pulumi_bedrock.values.redaction import Redaction
from pulumi_bedrock.values.tags import as_list

from .error_mapping import map_errors
from .poller import Poller
from .resources import ACTIVE, CREATING, FAILED, Deployment
from .slot_wait import create_in_slot
from .waiting import Clock, Deadline, Wait

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

__all__ = ["ACTIONS", "IN_PLACE_ACTIONS", "RETRY_FOR", "Activation", "Deployments", "decide_activation"]

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
"""Every IAM action that a deployment's life needs. AWS checks `TagResource` when a create carries tags."""

IN_PLACE_ACTIONS = ("bedrock:UpdateCustomModelDeployment",)
"""What a deployment with `update_in_place` needs besides."""

T = TypeVar("T")

LIST_GRACE = 5.0
"""Seconds in which a new deployment may be missing from the list before it is fetched with Get."""

NOT_FOUND_GRACE = 30.0
"""Seconds in which a new deployment may not be found: AWS's reads are eventually consistent."""

RETRY_FOR = 120.0
"""Seconds for which one call is retried while AWS throttles or has server errors."""


DEPLOYABLE = (
    "If it is the model: pulumi_bedrock's docs/aws.md has the base models and Regions that AWS deploys, and "
    "https://docs.aws.amazon.com/bedrock/latest/userguide/deploy-custom-model-on-demand.html has the newest list."
)
"""The advice when AWS calls a create invalid: a custom model may be `Active` and still not be deployable."""


class Activation(Enum):
    """What a wait for a new deployment does next."""

    WAIT = "poll again"
    DONE = "it serves"
    FAILED = "it never serves"
    GONE = "AWS doesn't find it"


def decide_activation(found: Deployment | None, waited: float) -> Activation:
    """Decide what a wait for a new deployment does next. A status that isn't known means: not yet.

    :param found: What AWS shows; None when it doesn't find the deployment.
    :param waited: Seconds since the wait began.
    """
    if found is None:
        return Activation.GONE if waited > NOT_FOUND_GRACE else Activation.WAIT
    return {ACTIVE: Activation.DONE, FAILED: Activation.FAILED}.get(found.status, Activation.WAIT)


class Deployments:
    """One operation's view of the deployments of one account and Region.

    :param client: boto3's Bedrock client.
    :param name: The name or ARN of the deployment that the operation is about, for messages; empty when it is about all
        deployments of the Region.
    :param poller: The polls that all operations of a run share.
    :param report: Takes a line that a person must read, such as what is left in the account.
    :param progress: Takes a line that the next one replaces.
    :param redact: Removes values that may be secret from AWS's messages.
    """

    def __init__(
        self,
        client: BedrockClient,
        name: str = "",
        *,
        poller: Poller | None = None,
        report: Callable[[str], None] = lambda _line: None,
        progress: Callable[[str], None] = lambda _line: None,
        redact: Redaction | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.client, self.name, self.redact = client, name, redact or Redaction()
        self.report, self.progress = report, progress
        self.poller = poller or Poller(client, clock)

    @property
    def region(self) -> str:
        """The Region that is called."""
        return self.poller.region

    @property
    def clock(self) -> Clock:
        """Time as waits see it."""
        return self.poller.clock

    @property
    def subject(self) -> str:
        """The deployment, or else the Region, as an error message begins with it."""
        return subject(self.name) if self.name else self.region

    def rename(self, name: str) -> None:
        """Take another name, as that of a deployment that is resumed; messages show it whole."""
        self.name, self.redact = name, self.redact.keeping(name)

    def create(self, request: Mapping[str, object], deadline: Deadline) -> str:
        """Start a deployment and return its ARN. AWS answers at once, with the deployment `Creating`.

        All attempts carry one token, so a lost answer can't lead to a second deployment. After AWS has refused one for
        its quota, the next have another, unless the program gives it: the refused one may have used up the first.

        IAM: bedrock:CreateCustomModelDeployment, and bedrock:TagResource when there are tags.

        :param request: The arguments of boto3's `create_custom_model_deployment`, with a token if the program gives it.
        :raises NameTaken: when another deployment has the name.
        :raises ServiceQuotaExceeded: when the account has no room, and nothing is in progress that could make some.
        :raises BedrockError: one class for each of the API's errors.
        """
        token = str(uuid.uuid4())

        def attempt() -> str:
            nonlocal token
            try:
                return self._create({"clientRequestToken": token, **request})
            except errors.ServiceQuotaExceeded:
                token = str(uuid.uuid4())
                raise

        return create_in_slot(self, attempt, deadline)

    def retrying_create(self, attempt: Callable[[], T], deadline: Deadline) -> T:
        """Return what an attempt to create returns; transient errors are retried for `RETRY_FOR` seconds."""
        # Other calls come before a create, so the endpoint has answered; and a lost response may hide a done create.
        wait = self.wait(deadline.at_most(RETRY_FOR), "AWS to accept the request", answered=True)
        for _ in wait:
            with wait.retry_transient():
                return attempt()
        raise wait.failure()

    def _create(self, request: Mapping[str, object]) -> str:
        try:
            with self._call("CreateCustomModelDeployment", not_found=_check_model(str(request["modelArn"]), self)):
                return self.client.create_custom_model_deployment(**request)["customModelDeploymentArn"]  # type: ignore[arg-type]
        except (errors.ValidationFailed, errors.Conflict, errors.UnexpectedAnswer) as refused:
            # AWS documents no error of its own for a taken name, so the name is looked up.
            other = self._find_quietly(self.name)
            if other is not None:
                raise self._name_taken(other) from refused
            if isinstance(refused, errors.ValidationFailed):
                raise refused.with_advice(DEPLOYABLE) from refused
            raise

    def verify_name_free(self) -> None:
        """Raise when a deployment has the name already.

        IAM: bedrock:GetCustomModelDeployment.

        :raises NameTaken: naming that deployment.
        """
        other = self.with_retries(lambda: self.find(self.name))
        if other is not None:
            raise self._name_taken(other)

    def _name_taken(self, other: Deployment) -> errors.NameTaken:
        return errors.NameTaken(
            f"the name is taken in {self.region} by {other.arn} (model {other.model_arn}, status {other.status}). "
            f'Nothing was changed. Choose another name, or import_="{other.arn}" to manage that deployment. If it '
            "is the one that is being replaced, add delete_before_replace=True to the options.",
            subject=self.subject,
        )

    def start_update(self, arn: str, model_arn: str) -> None:
        """Start to put another model behind a deployment. AWS answers at once, with the update `Updating`.

        Makes one attempt: there is no token, so a second attempt after a lost answer could start another update.

        IAM: bedrock:UpdateCustomModelDeployment.

        :raises ValidationFailed: among others, when an update is under way, or the deployment isn't `Active`.
        """
        with self._call("UpdateCustomModelDeployment", not_found=_check_model(model_arn, self)):
            self.client.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=model_arn)

    def find(self, identifier: str) -> Deployment | None:
        """Get the deployment with this name or ARN; None when AWS answers that there is none.

        IAM: bedrock:GetCustomModelDeployment.
        """
        return self.poller.find(identifier)

    def list_all(self, **filters: str) -> list[Deployment]:
        """Return every deployment of the account and Region, newest first, without its description.

        IAM: bedrock:ListCustomModelDeployments.

        :param filters: The API's own, as boto3 spells them.
        """
        return self.poller.list_all(**filters)

    def tags(self, arn: str) -> dict[str, str]:
        """Return all tags of a deployment.

        IAM: bedrock:ListTagsForResource.
        """
        with self._call("ListTagsForResource", arn):
            answer = self.client.list_tags_for_resource(resourceARN=arn)
        return {tag["key"]: tag["value"] for tag in answer.get("tags", [])}

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags of a deployment; its other tags stay.

        IAM: bedrock:TagResource.
        """
        with self._call("TagResource", arn):
            self.client.tag_resource(resourceARN=arn, tags=as_list(tags))  # type: ignore[arg-type]

    def untag(self, arn: str, *keys: str) -> None:
        """Remove tags from a deployment. A key that it doesn't have is no error.

        IAM: bedrock:UntagResource.
        """
        with self._call("UntagResource", arn):
            self.client.untag_resource(resourceARN=arn, tagKeys=list(keys))

    def with_retries(self, call: Callable[[], T], deadline: Deadline | None = None) -> T:
        """Return what a call of this object returns; transient errors are retried for `RETRY_FOR` seconds.

        :param deadline: When to stop earlier.
        """
        wait = self.wait(deadline.at_most(RETRY_FOR) if deadline else Deadline(RETRY_FOR, self.clock), "AWS to answer")
        for _ in wait:
            with wait.retry_transient():
                return call()
        raise wait.failure()

    def wait_model_active(self, model_arn: str, deadline: Deadline, *, operation: str = "create") -> None:
        """Wait until the custom model can be deployed. Where it can't be read, AWS's create or update decides.

        IAM: bedrock:GetCustomModel; without it there is no wait.

        :param operation: `create` or `update`, for messages.
        :raises ModelFailed: when the model is `Failed`.
        :raises WaitTimeout: when the model is still `Creating` at the deadline; then nothing was created or changed.
        """
        unchanged = "Nothing was created." if operation == "create" else "Nothing was changed."
        wait = self.wait(deadline, "its custom model")
        for _ in wait:
            with wait.retry_transient():
                snapshot = self.poller.model(model_arn, max_age=wait.max_age, until=wait.until)
                wait.polled(snapshot)
                model = snapshot.value
                if model.status == FAILED:
                    raise errors.ModelFailed(
                        f"the custom model {model_arn} is Failed. {self.reason(model.failure_message)} "
                        f"{unchanged} Deploy a model that is Active.",
                        subject=self.subject,
                    )
                if model.status != CREATING:
                    return
                wait.progress(f"model {model.status}")
        raise errors.WaitTimeout(
            f"the custom model {model_arn} was not Active after {format_duration(deadline.timeout)}. {unchanged} "
            f"Run `pulumi up` again, with a longer custom_timeouts {operation}.{wait.last_failure()}",
            subject=self.subject,
        )

    def wait_visible(self, arn: str) -> Deployment | None:
        """Get a deployment that AWS has just named; None when it isn't found within `NOT_FOUND_GRACE`.

        IAM: bedrock:GetCustomModelDeployment.
        """
        wait = self.wait(Deadline(NOT_FOUND_GRACE, self.clock), "AWS to show it", answered=True)
        for _ in wait:
            with wait.retry_transient():
                found = self.find(arn)
                if found is not None:
                    return found
        if wait.last_error is not None:
            raise wait.failure()
        return None

    def wait_active(self, arn: str, deadline: Deadline) -> Deployment:
        """Wait until a deployment is `Active`.

        IAM: bedrock:ListCustomModelDeployments, or else bedrock:GetCustomModelDeployment.

        :raises DeploymentFailed: with AWS's failureMessage.
        :raises ResourceNotFound: when AWS doesn't find it after `NOT_FOUND_GRACE`.
        :raises WaitTimeout: when it isn't `Active` at the deadline. It is left in place, since it may become so.
        """
        wait = self.wait(deadline, ACTIVE, answered=True)
        state = "not visible in AWS"
        with self.poller.tracking(arn):
            for waited in wait:
                with wait.retry_transient():
                    snapshot = self.poller.deployment(
                        arn, fall_back_to_get=waited > LIST_GRACE, max_age=wait.max_age, until=wait.until
                    )
                    wait.polled(snapshot)
                    found = snapshot.value
                    step = decide_activation(found, waited)
                    if step is Activation.GONE:
                        raise errors.ResourceNotFound(f"AWS does not find {arn}.", subject=self.subject)
                    if found is None:
                        continue
                    if step is Activation.FAILED:
                        raise errors.DeploymentFailed(
                            f"its status is Failed. {self.reason(found.failure_message)}", subject=self.subject
                        )
                    if step is Activation.DONE:
                        self.progress(f"Active after {format_duration(deadline.elapsed)}: {self.name}")
                        return found
                    state = f"still {found.status}"
                    wait.progress(found.status)
        raise errors.WaitTimeout(
            f"{state} after {format_duration(deadline.timeout)}; left in place, since it may still become Active. "
            f"Set a longer custom_timeouts create.{wait.last_failure()}",
            subject=self.subject,
        )

    def request_deletion(self, arn: str) -> bool:
        """Ask AWS once to delete a deployment. Return False when AWS doesn't find it.

        IAM: bedrock:DeleteCustomModelDeployment.

        :raises BedrockError: when AWS refuses.
        """
        try:
            with self._call("DeleteCustomModelDeployment", arn):
                self.client.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
        except errors.ResourceNotFound:
            return False
        except errors.Conflict:
            self.poller.known.add(arn)  # AWS is at work on it, so it is in this account
            raise
        self.poller.known.add(arn)
        return True

    def delete(self, arn: str, deadline: Deadline, *, name: str = "") -> bool:
        """Delete a deployment and wait until AWS no longer finds it, so that its name is free.

        Return whether there was one: False when AWS didn't find it.

        IAM: bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModelDeployment.

        :param name: Its name, for progress, where it isn't this object's.
        :raises WaitTimeout: when it still exists at the deadline.
        """
        wait = self.wait(deadline, "its deletion", name=name, subject=subject(arn))
        accepted = refused_when_ready = False
        busy = ""
        for _ in wait:
            with wait.retry_transient():
                if not accepted:
                    try:
                        accepted = self.request_deletion(arn)
                    except errors.ValidationFailed:
                        found = self.find(arn)
                        if found is None:
                            return False
                        is_ready = found.status in (ACTIVE, FAILED)
                        if is_ready and refused_when_ready:
                            raise
                        # AWS is at work on it, or was until now.
                        refused_when_ready = is_ready
                        busy = f", since it is {found.status}"
                        wait.progress(found.status)
                        continue
                    if not accepted:
                        return False
                with self.poller.tracking(arn):
                    snapshot = self.poller.deployment(
                        arn, fall_back_to_get=True, max_age=wait.max_age, until=wait.until
                    )
                wait.polled(snapshot)
                if snapshot.value is None:
                    wait.done("Deleted")
                    return True
                wait.progress(snapshot.value.status)
        how = "AWS has accepted the deletion" if accepted else f"AWS has not accepted the deletion{busy}"
        raise errors.WaitTimeout(
            f"still exists after {format_duration(deadline.timeout)}; {how}. Run the command again, with a longer "
            f"custom_timeouts delete.{wait.last_failure()}",
            subject=subject(arn),
        )

    def wait(
        self, deadline: Deadline, target: str, *, name: str = "", subject: str = "", answered: bool = False
    ) -> Wait:
        """Return a wait that shows its progress as this object does; see `Wait`."""
        return Wait(
            deadline,
            show=self.progress,
            name=name or self.name or self.region,
            target=target,
            subject=subject or self.subject,
            answered=answered,
        )

    def reason(self, failure_message: str | None) -> str:
        """Return a sentence with the reason that AWS gives for a failure."""
        if not failure_message:
            return "AWS gave no reason."
        return f"AWS said: {errors.sentence(self.redact(failure_message))}"

    def _find_quietly(self, name: str) -> Deployment | None:
        try:
            return self.find(name)
        except errors.BedrockError:
            return None

    @contextmanager
    def _call(self, operation: str, identifier: str = "", *, not_found: str = "") -> Iterator[None]:
        with map_errors(
            f"bedrock:{operation}",
            subject=subject(identifier) if identifier else self.subject,
            region=self.region,
            redact=self.redact,
            not_found=not_found,
        ):
            yield


def _check_model(model_arn: str, deployments: Deployments) -> str:
    region = region_in(model_arn) or deployments.region
    if region != deployments.region:
        return (
            f"The model's ARN is in {region}, but the deployment is in {deployments.region}. "
            "Set region= or aws:region to the model's Region."
        )
    return "Check model_arn: it must be a custom model of this account and Region."
