"""Create a deployment, or resume the create that an earlier run started, and wait until it is `Active`.

The call that creates a deployment marks it as unfinished, and the mark is removed when the deployment is `Active` and
about to be recorded. So the next run finds what an interrupted run left, and knows that it belongs to this resource.
Nothing that can take time or fail stands between the removal of the mark and the answer to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from pulumi_bedrock import errors
from pulumi_bedrock.aws.calls import Calls
from pulumi_bedrock.aws.resources import ACTIVE, CREATING, FAILED, Resource
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import adopt_or_delete, delete_command, region_in

from .inputs import DEFAULT_TIMEOUTS, create_arguments, shown_inputs, timeout
from .owner import Owner
from .resume import find_own, request_deletion, take_left
from .run_context import RunContext
from .unfinished import MARK, MAX_TAGS, Mark, finish
from .unfinished_search import Unfinished

__all__ = ["create", "hand_over"]


@dataclass(frozen=True)
class _Started:
    """A deployment that this resource's create has started.

    :param marked: Whether it has the mark of an unfinished deployment.
    """

    arn: str
    marked: bool


@dataclass(frozen=True)
class _Left:
    """What is known of a deployment that a failed create of this run leaves; see `Resource`."""

    arn: str
    name: str
    status: str
    created_at: str = ""
    failure_message: str | None = None

    @property
    def region(self) -> str:
        return region_in(self.arn) or ""


@dataclass(frozen=True)
class _Create:
    """One create, and what its steps share."""

    run: RunContext
    calls: Calls[Any]
    owner: Owner
    props: Mapping[str, Any]
    deadline: Deadline

    @property
    def tags(self) -> Mapping[str, str]:
        """All tags but the mark."""
        return self.props.get("tagsAll") or {}

    @property
    def has_token(self) -> bool:
        """Whether the program gives a client request token."""
        return "clientRequestToken" in self.props

    @property
    def mark(self) -> Mark:
        """The mark of the deployment."""
        return self.owner.mark(self.calls.name)


def create(run: RunContext, props: Mapping[str, Any]) -> Resource:
    """Return the deployment that the inputs ask for, `Active`: a new one, or one that an earlier run left unfinished.

    IAM: the `ACTIONS` of `aws.deployments` and `aws.custom_models`.

    :param props: Checked and normalised inputs.
    :raises BedrockError: its message says what is left in the account, if anything is.
    """
    deadline = Deadline(timeout(run.kind, props, "create"), run.clock)
    owner = Owner.of(run, props)
    if not owner.can_mark:
        run.report_once(
            "the stack has no identity yet, perhaps because of --target: an interrupted create can't resume"
        )
    calls = run.calls(props["region"], owner.new_name(), props)
    this = _Create(run, calls, owner, props, deadline)
    with run.claiming() as claim:
        left = take_left(run, calls, owner, props, deadline, claim)
        if left.resumed:
            calls.rename(left.resumed.deployment.name)
            started = _Started(left.resumed.deployment.arn, marked=left.resumed.marked)
        else:
            _name_what_may_replace(this, left.others)
            try:
                started = _start(this, claim)
            except errors.ServiceQuotaExceeded as full:
                if not left.obsolete:
                    raise
                _make_room(this, left.obsolete, full)
                started = _start(this, claim)
        return _finish(this, started, left.obsolete)


def _make_room(this: _Create, obsolete: list[Resource], full: errors.ServiceQuotaExceeded) -> None:
    """Request the deletion of deployments that serve nobody, and take the room that this create needs.

    Somebody may have put the mark back on a deployment that serves. A forced replacement calls no `diff`, which would
    show it as recorded. So without a `diff`, one that is `Active` is kept until its successor is `Active` too.

    :raises ServiceQuotaExceeded: when one is kept, and names it.
    """
    is_shown = this.run.guard.is_replacing(this.props)
    for each in obsolete:
        if each.status == ACTIVE and not is_shown:
            raise full.with_advice(f"An interrupted run left {each.name}. To delete it: {delete_command(each.arn)}")
    _request_deletions(this, obsolete)


def _name_what_may_replace(this: _Create, others: list[Resource]) -> None:
    """Name the deployment, if no later run may resume it.

    A forced replacement calls no `diff`. If it is killed, the next `pulumi up` finds the old deployment unchanged in
    the state, so it creates nothing, and doesn't search.
    """
    if others and this.owner.given is None and not this.run.guard.is_replacing(this.props):
        this.run.report(
            f"creating {this.calls.name} beside {others[0].name}. If this run is killed and the state keeps "
            f"{others[0].name}, `pulumi-bedrock-orphans` finds the new one."
        )


def _finish(this: _Create, started: _Started, obsolete: list[Resource]) -> Resource:
    """Wait until the deployment is `Active`, and hand it over.

    When that fails, leave it where a retry in this run or the next run finds it.

    :param obsolete: What the new deployment replaces: its deletion is requested while this one still has its mark.
    :raises BedrockError: its message says what is left in the account.
    """
    run, calls, is_active = this.run, this.calls, False
    try:
        found = calls.wait_active(started.arn, this.deadline)
        is_active = True
        _request_deletions(this, obsolete)
        hand_over(run, calls, found.arn, marked=started.marked)
    except errors.BedrockError as error:
        status = CREATING
        if isinstance(error, calls.FAILED):
            status, advice = _delete_failed(this, started.arn)
        elif is_active and error.transient:  # AWS may have removed the mark without an answer
            advice = describe_left(error, started.arn, resumable=False)
        else:
            advice = describe_left(error, started.arn, resumable=started.marked and _can_search(this, started, error))
        if status:
            run.unfinished.leave(
                Unfinished(
                    _Left(started.arn, calls.name, status), this.tags, this.mark, started.marked, by_this_run=True
                )
            )
        raise error.with_advice(advice) from error
    run.unfinished.take(found.arn)
    resource: Resource = found
    return resource


def _request_deletions(this: _Create, obsolete: list[Resource]) -> None:
    while obsolete:
        request_deletion(this.run, this.calls, obsolete.pop())


def _can_search(this: _Create, started: _Started, error: errors.BedrockError) -> bool:
    """Return whether the next run can find the deployment, as far as this run can tell.

    The first run of a stack doesn't search, so it tries whether IAM would allow it, and whether AWS lists the
    deployment.
    """
    calls = this.calls
    if this.run.unfinished.is_denied(calls.region):
        return False
    if isinstance(error, errors.WaitTimeout):  # after another error, AWS would not answer now
        try:
            if all(listed.arn != started.arn for listed in calls.list_all()):
                return False
            calls.tags(started.arn)
        except errors.AccessDenied:
            return False
        except errors.BedrockError:
            pass
    return True


def describe_left(error: errors.BedrockError, arn: str, *, resumable: bool) -> str:
    """Return what is in the account after a wait that failed, and what to do.

    :param resumable: Whether the next run finds the deployment.
    """
    if isinstance(error, errors.ResourceNotFound):
        later = "the next `pulumi up` resumes it." if resumable else adopt_or_delete(arn)
        return f"AWS accepted the create, so it was deleted since, or is not visible yet. If it appears, {later}"
    exists = "It exists in the account, but not in the state."
    if resumable:
        return (
            f"{exists} The next `pulumi up` of this stack resumes it. To delete it instead, once it is Active: "
            f"{delete_command(arn)}"
        )
    return f"{exists} {adopt_or_delete(arn)}"


def _delete_failed(this: _Create, arn: str) -> tuple[str, str]:
    """Delete a deployment that failed, since it never serves; return its status, empty when it is gone, and advice."""
    try:
        this.calls.delete(arn, Deadline(DEFAULT_TIMEOUTS[this.run.kind]["delete"], this.run.clock))
    except errors.BedrockError as error:
        return FAILED, f"It could not be deleted ({error}). To delete it: {delete_command(arn)}"
    return "", "It was deleted, so nothing is left. Fix the cause and run `pulumi up` again."


def hand_over(run: RunContext, calls: Calls[Any], arn: str, *, marked: bool) -> None:
    """Remove the mark, and remember the deployment as one that the engine now records.

    A mark that stayed on a recorded deployment would make a later create take it for unfinished.

    IAM: bedrock:UntagResource, or else bedrock:TagResource.

    :raises BedrockError: when the mark can't be removed; then the state must not record the deployment.
    """
    run.exit_if_engine_gone()  # without an engine, the state doesn't record it, so the mark has to stay
    if marked:
        try:
            calls.with_retries(lambda: finish(calls, arn))
        except errors.AccessDenied as denied:
            raise denied.with_advice(f'Without bedrock:UntagResource, its tag "{MARK}" can\'t be removed.') from denied
    run.guard.created(arn)


def _start(this: _Create, claim: Callable[[str], bool]) -> _Started:
    """Create a deployment, marked as unfinished if possible.

    :raises TokenReplayed: when AWS answered with a deployment that another create made.
    """
    run, calls = this.run, this.calls
    calls.wait_creatable(this.props, this.deadline)
    started = _call_create(this)
    if started.arn in run.guard.recorded or not claim(started.arn):
        raise errors.TokenReplayed(
            f"AWS answered with {started.arn}, because this stack has used client_request_token for it before. Nothing "
            "was created. Use a new token, or leave it out.",
            subject=calls.subject,
        )
    if this.has_token:
        try:
            _refuse_replay(this, started)
        except errors.TokenReplayed:
            raise
        except errors.BedrockError:
            run.unfinished.search_again(calls)  # it may be new; then a retry finds it by its mark
            raise
    return started


def _call_create(this: _Create) -> _Started:
    """Make the call.

    AWS answers a token that was used before with the old deployment. Without the mark nothing tells whose that is, so
    an unmarked create with a token that the program gives needs a name that is free.
    """
    run, calls, props = this.run, this.calls, this.props
    can_mark = this.owner.can_mark and len(this.tags) < MAX_TAGS  # otherwise there is no room for the mark
    if not can_mark and this.has_token:
        calls.verify_name_free()
    if not can_mark:
        _name_unmarked(this)
    try:
        mark = this.mark.value if can_mark else None
        arn = calls.create(create_arguments(run.kind, props, name=calls.name, mark=mark), this.deadline)
        return _Started(arn, marked=can_mark)
    except errors.NameTaken:
        own = find_own(run, calls, this.owner, props, this.deadline) if can_mark else None
        if own is None:
            raise
        return _Started(own, marked=True)
    except (errors.AccessDenied, errors.TooManyTags, errors.ValidationFailed) as refused:
        if not can_mark or (this.tags and not isinstance(refused, errors.TooManyTags)):
            raise
        reason = refused
    except errors.BedrockError as error:
        raise _may_exist(this, error, marked=can_mark) from error
    # AWS may have refused only the mark: without tags, for instance, a create doesn't need bedrock:TagResource.
    if this.has_token:
        calls.verify_name_free()
    _name_unmarked(this)
    try:
        # With another token, unless the program gives it: a refused create may have used up the first one.
        arn = calls.create(create_arguments(run.kind, props, name=calls.name), this.deadline)
    except (errors.AccessDenied, errors.TooManyTags, errors.ValidationFailed):
        raise reason from None
    except errors.BedrockError as error:
        raise _may_exist(this, error, marked=False) from error
    run.report_once(f"an interrupted create can't resume, because the {run.kind.noun} could not be marked ({reason})")
    return _Started(arn, marked=False)


def _name_unmarked(this: _Create) -> None:
    """Name the deployment before the call: a killed run can't, and no later run finds it."""
    this.run.report(
        f"creating {this.calls.name} without the mark of an unfinished {this.run.kind.noun}: if this run is "
        "killed, no later run finds it"
    )


def _may_exist(this: _Create, error: errors.BedrockError, *, marked: bool) -> errors.BedrockError:
    """Return the error with advice on a deployment that AWS may have created without an answer."""
    if not error.transient:
        return error
    this.run.unfinished.search_again(this.calls)
    if marked:
        return error.with_advice(f"If AWS created it nevertheless, the next `pulumi up` finds it by its tag {MARK}.")
    kind = this.run.kind
    return error.with_advice(
        "If AWS created it nevertheless, no later run finds it, because it has no mark. To look: aws bedrock "
        f"{xform_name(kind.get, '-')} --region {this.calls.region} --{xform_name(kind.identifier, '-')} "
        f"{this.calls.name}"
    )


def _refuse_replay(this: _Create, started: _Started) -> None:
    """Refuse a deployment that this create didn't make: AWS answers a token that was used before with the old one.

    Only a token that the program gives can have been used before, so only then these two calls are made.

    :raises TokenReplayed: and nothing was changed.
    """
    kind, calls, arn = this.run.kind, this.calls, started.arn
    again = (
        "because client_request_token was used before. Nothing was created or changed. Use a new token, or leave it "
        "out."
    )
    found = calls.wait_visible(arn)
    if found is None:
        raise errors.TokenReplayed(f"AWS answered with {arn}, which no longer exists, {again}", subject=calls.subject)
    try:
        tags = calls.with_retries(lambda: calls.tags(arn))
    except errors.AccessDenied as denied:
        raise denied.with_advice(
            f"AWS answered with {arn}. Without its tags, this run can't tell whether an earlier create made it, since "
            "client_request_token may have been used before. Allow the action, or leave the token out."
        ) from denied
    wanted = {**this.props, kind.name: calls.name}
    is_other = any(wanted.get(key) != value for key, value in shown_inputs(kind, found).items())
    if is_other or not this.tags.items() <= tags.items():
        raise errors.TokenReplayed(
            f'AWS answered with another {kind.noun}, {arn} ("{found.name}", {calls.describe(found)}), {again}',
            subject=calls.subject,
        )
    theirs = Mark.read(tags)
    if theirs is not None and not (started.marked and theirs == this.mark):
        raise errors.TokenReplayed(
            f"AWS answered with {arn}, which another create has started, marked as {theirs.names}, {again}",
            subject=calls.subject,
        )
    if theirs is None and started.marked:
        raise errors.TokenReplayed(
            f"AWS answered with {arn}, which an earlier create finished, {again} {adopt_or_delete(arn)}",
            subject=calls.subject,
        )
