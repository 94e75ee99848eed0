"""The calls and waits of one kind of resource: create, find, tag, wait and delete, on an injected boto3 client.

Each function says which status it waits for; a status that isn't known never counts as done. A function's docstring
names the operations that it calls; the IAM actions have the same names. The subclasses have what one kind has of its
own, and `ACTIONS`, which the documented policy is held to.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pulumi_bedrock import errors
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.durations import format_duration
from pulumi_bedrock.values.kinds import Kind
from pulumi_bedrock.values.redaction import Redaction
from pulumi_bedrock.values.tags import as_list

from .error_mapping import map_errors
from .operations import operations
from .poller import Poller
from .resources import ACTIVE, FAILED, Resource
from .slot_wait import create_in_slot
from .waiting import Clock, Deadline, Wait

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

__all__ = ["RETRY_FOR", "Activation", "Calls", "decide_activation"]

R = TypeVar("R", bound=Resource)
T = TypeVar("T")

LIST_GRACE = 5.0
"""Seconds in which a new resource may be missing from the list before it is fetched with Get."""

NOT_FOUND_GRACE = 30.0
"""Seconds in which a new resource may not be found: AWS's reads are eventually consistent."""

RETRY_FOR = 120.0
"""Seconds for which one call is retried while AWS throttles or has server errors."""


class Activation(Enum):
    """What a wait for a new resource does next."""

    WAIT = "poll again"
    DONE = "it is ready"
    FAILED = "it never will be"
    GONE = "AWS doesn't find it"


def decide_activation(found: Resource | None, waited: float) -> Activation:
    """Decide what a wait for a new resource does next. A status that isn't known means: not yet.

    :param found: What AWS shows; None when it doesn't find the resource.
    :param waited: Seconds since the wait began.
    """
    if found is None:
        return Activation.GONE if waited > NOT_FOUND_GRACE else Activation.WAIT
    return {ACTIVE: Activation.DONE, FAILED: Activation.FAILED}.get(found.status, Activation.WAIT)


class Calls(Generic[R]):
    """One operation's view of the resources of one kind, in one account and Region.

    :param client: boto3's Bedrock client.
    :param name: The name or ARN of the resource that the operation is about, for messages; empty when it is about all
        of the Region.
    :param poller: The polls that all operations of a run share.
    :param report: Takes a line that a person must read, such as what is left in the account.
    :param progress: Takes a line that the next one replaces.
    :param redact: Removes values that may be secret from AWS's messages.
    """

    kind: ClassVar[Kind]
    FAILED: ClassVar[type[errors.BedrockError]]
    """The error for one that is `Failed`."""

    INVALID: ClassVar[str]
    """The advice when AWS calls a create invalid."""

    def __init__(
        self,
        client: BedrockClient,
        name: str = "",
        *,
        poller: Poller[R] | None = None,
        report: Callable[[str], None] = lambda _line: None,
        progress: Callable[[str], None] = lambda _line: None,
        redact: Redaction | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.client, self.name, self.redact = client, name, redact or Redaction()
        self.report, self.progress = report, progress
        self.poller = poller or Poller(self.kind, client, clock)

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
        """The resource, or else the Region, as an error message begins with it."""
        return subject(self.name, self.kind.noun) if self.name else self.region

    def rename(self, name: str) -> None:
        """Take another name, as that of a resource that is resumed; messages show it whole."""
        self.name, self.redact = name, self.redact.keeping(name)

    def create(self, request: Mapping[str, object], deadline: Deadline) -> str:
        """Start to create a resource and return its ARN. AWS answers at once, with the resource `Creating`.

        All attempts carry one token, so a lost answer can't lead to a second resource. After AWS has refused one, the
        next have another, unless the program gives it: the refused one may have used up the first.

        Calls Create; IAM also checks bedrock:TagResource when there are tags.

        :param request: The operation's arguments, as boto3 spells them, with a token if the program gives it.
        :raises NameTaken: when another resource has the name.
        :raises ServiceQuotaExceeded: when the account has no room, and nothing is in progress that could make some.
        :raises BedrockError: one class for each of the API's errors.
        """
        token = str(uuid.uuid4())

        def attempt() -> str:
            nonlocal token
            try:
                return self._create({"clientRequestToken": token, **request})
            except (errors.ServiceQuotaExceeded, errors.ValidationFailed):
                token = str(uuid.uuid4())
                raise

        return create_in_slot(self, lambda: self.attempting(request, attempt, deadline), deadline)

    def retrying_create(self, attempt: Callable[[], T], deadline: Deadline) -> T:
        """Return what an attempt to create returns; transient errors are retried for `RETRY_FOR` seconds."""
        # Other calls come before a create, so the endpoint has answered; and a lost response may hide a done create.
        wait = self.wait(deadline.at_most(RETRY_FOR), "AWS to accept the request", answered=True)
        for _ in wait:
            with wait.retry_transient():
                return attempt()
        raise wait.failure()

    def _create(self, request: Mapping[str, Any]) -> str:
        try:
            with self.call(self.kind.create, not_found=self.not_found(request)):
                return str(operations(self.kind, self.client).create(**request)[self.kind.arn])
        except (errors.ValidationFailed, errors.Conflict, errors.UnexpectedAnswer) as refused:
            # AWS documents no error of its own for a taken name, so the name is looked up.
            other = self._find_quietly(self.name)
            if other is not None:
                raise self._name_taken(other) from refused
            if isinstance(refused, errors.ValidationFailed):
                raise refused.with_advice(self.INVALID) from refused
            raise

    def verify_name_free(self) -> None:
        """Raise when a resource has the name already. Calls Get.

        :raises NameTaken: naming that resource.
        """
        other = self.with_retries(lambda: self.find(self.name))
        if other is not None:
            raise self._name_taken(other)

    def _name_taken(self, other: R) -> errors.NameTaken:
        return errors.NameTaken(
            f"the name is taken in {self.region} by {other.arn} ({self.describe(other)}). "
            f'Nothing was changed. Choose another name, or import_="{other.arn}" to manage that {self.kind.noun}. If '
            "it is the one that is being replaced, add delete_before_replace=True to the options.",
            subject=self.subject,
        )

    def find(self, identifier: str) -> R | None:
        """Call Get for the resource with this name or ARN; None when AWS answers that there is none."""
        return self.poller.find(identifier)

    def list_all(self, **filters: str) -> list[R]:
        """Call List: return every resource of the account and Region, newest first, as far as a summary shows it.

        :param filters: The API's own, as boto3 spells them.
        """
        return self.poller.list_all(**filters)

    def tags(self, arn: str) -> dict[str, str]:
        """Return all tags of a resource.

        IAM: bedrock:ListTagsForResource.
        """
        with self.call("ListTagsForResource", arn):
            answer = self.client.list_tags_for_resource(resourceARN=arn)
        return {tag["key"]: tag["value"] for tag in answer.get("tags", [])}

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags of a resource; its other tags stay.

        IAM: bedrock:TagResource.
        """
        with self.call("TagResource", arn):
            self.client.tag_resource(resourceARN=arn, tags=as_list(tags))  # type: ignore[arg-type]

    def untag(self, arn: str, *keys: str) -> None:
        """Remove tags from a resource. A key that it doesn't have is no error.

        IAM: bedrock:UntagResource.
        """
        with self.call("UntagResource", arn):
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

    def wait_creatable(self, props: Mapping[str, Any], deadline: Deadline) -> None:
        """Wait until AWS can create what the inputs ask for."""

    def attempting(self, request: Mapping[str, Any], attempt: Callable[[], str], deadline: Deadline) -> str:
        """Return what an attempt to create returns; made again where AWS may accept it a little later."""
        return attempt()

    def settled(self, found: R, deadline: Deadline) -> R | None:
        """Return a resource when nothing changes it any more, or None when AWS doesn't find it by then.

        :param found: What Get has just shown.
        """
        return found

    def describe(self, found: R) -> str:
        """Return what a message says of a resource that has a name which another one needs."""
        return f"status {found.status}"

    def whole(self, found: R) -> R:
        """Return a resource that a list has shown, with what the state needs and the list leaves out."""
        return found

    def in_use(self, arn: str) -> str:
        """Return what keeps a resource from being deleted, in words; empty when it isn't known."""
        return ""

    def not_found(self, request: Mapping[str, Any]) -> str:
        """Return the advice for a Create of which AWS doesn't find something."""
        return ""

    def wait_visible(self, arn: str) -> R | None:
        """Call Get for what AWS has just named; return None when it isn't found within `NOT_FOUND_GRACE`."""
        wait = self.wait(Deadline(NOT_FOUND_GRACE, self.clock), "AWS to show it", answered=True)
        for _ in wait:
            with wait.retry_transient():
                found = self.find(arn)
                if found is not None:
                    return found
        if wait.last_error is not None:
            raise wait.failure()
        return None

    def wait_active(self, arn: str, deadline: Deadline) -> R:
        """Wait until a resource is `Active`. Calls List, or else Get.

        :raises DeploymentFailed: with AWS's failureMessage; of a custom model, `ModelFailed`.
        :raises ResourceNotFound: when AWS doesn't find it after `NOT_FOUND_GRACE`.
        :raises WaitTimeout: when it isn't `Active` at the deadline. It is left in place, since it may become so.
        """
        wait = self.wait(deadline, ACTIVE, answered=True)
        state = "not visible in AWS"
        with self.poller.tracking(arn):
            for waited in wait:
                with wait.retry_transient():
                    snapshot = self.poller.newest(
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
                        said = self.reason(self.whole(found).failure_message)
                        raise self.FAILED(f"its status is Failed. {said}", subject=self.subject)
                    if step is Activation.DONE:
                        found = self.whole(found)
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
        """Call Delete once. Return False when AWS doesn't find the resource.

        :raises BedrockError: when AWS refuses.
        """
        try:
            with self.call(self.kind.delete, arn):
                operations(self.kind, self.client).delete(**{self.kind.identifier: arn})
        except errors.ResourceNotFound:
            return False
        except errors.Conflict:
            self.poller.known.add(arn)  # AWS is at work on it, so it is in this account
            raise
        self.poller.known.add(arn)
        return True

    def delete(self, arn: str, deadline: Deadline, *, name: str = "") -> bool:
        """Delete a resource and wait until AWS no longer finds it, so that its name is free. Calls Delete and Get.

        Return whether there was one: False when AWS didn't find it.

        :param name: Its name, for progress, where it isn't this object's.
        :raises WaitTimeout: when it still exists at the deadline.
        """
        about = subject(arn, self.kind.noun)
        wait = self.wait(deadline, "its deletion", name=name, subject=about)
        accepted = refused_when_ready = False
        busy, users = "", ""
        for _ in wait:
            with wait.retry_transient():
                if not accepted:
                    try:
                        accepted = self.request_deletion(arn)
                    except errors.Conflict:
                        busy = users = self.in_use(arn)
                        if not users:
                            raise
                        wait.progress(users)
                        continue
                    except errors.ValidationFailed:
                        found = self.find(arn)
                        if found is None:
                            return False
                        is_ready = found.status in (ACTIVE, FAILED)
                        users = self.in_use(arn) if is_ready else ""
                        if is_ready and refused_when_ready and not users:
                            raise
                        # AWS is at work on it, or was until now; or something uses it.
                        refused_when_ready = is_ready
                        busy = users or found.status
                        wait.progress(busy)
                        continue
                    if not accepted:
                        return False
                with self.poller.tracking(arn):
                    snapshot = self.poller.newest(arn, fall_back_to_get=True, max_age=wait.max_age, until=wait.until)
                wait.polled(snapshot)
                if snapshot.value is None:
                    wait.done("Deleted")
                    return True
                wait.progress(snapshot.value.status)
        refused = f"AWS has not accepted the deletion{f', since it is {busy}' if busy else ''}"
        longer = "Run the command again, with a longer custom_timeouts delete."
        raise errors.WaitTimeout(
            f"still exists after {format_duration(deadline.timeout)}; "
            f"{'AWS has accepted the deletion' if accepted else refused}. "
            f"{'Delete what uses it, then run the command again.' if users else longer}{wait.last_failure()}",
            subject=about,
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

    def _find_quietly(self, name: str) -> R | None:
        try:
            return self.find(name)
        except errors.BedrockError:
            return None

    @contextmanager
    def call(self, operation: str, identifier: str = "", *, not_found: str = "") -> Iterator[None]:
        """Map the errors of one call, which has the name of its IAM action."""
        with map_errors(
            f"bedrock:{operation}",
            subject=subject(identifier, self.kind.noun) if identifier else self.subject,
            region=self.region,
            redact=self.redact,
            not_found=not_found,
        ):
            yield
