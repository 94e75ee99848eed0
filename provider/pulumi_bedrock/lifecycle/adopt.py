"""Adopt a live deployment, as the option `import_` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.resources import Resource
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import id_hint

from .comparison import differences, live_inputs
from .create import hand_over
from .inputs import timeout
from .owner import Owner
from .run_context import RunContext
from .unfinished import MARK, Mark

__all__ = ["adopt"]


def adopt(run: RunContext, props: Mapping[str, Any]) -> Resource:
    """Return the live deployment that `importId` names, `Active`, if it is what the program declares.

    An update of its model that is under way is waited for first: only its end tells what the deployment serves.
    Nothing is changed, except that the mark of an unfinished deployment is removed. What AWS doesn't show, such as the
    artifacts of a custom model, isn't compared, unless it has the mark of this resource. Calls Get,
    ListTagsForResource and List.

    :raises ResourceNotFound: when it doesn't exist.
    :raises ImportMismatch: when it differs from the program, or another resource of this stack manages it.
    """
    identifier = props["importId"]
    deadline = Deadline(timeout(run.kind, props, "create"), run.clock)
    calls = run.calls(run.clients.region_for(identifier, props.get("region")), identifier, props)
    found = calls.with_retries(lambda: calls.find(identifier))
    found = found and calls.settled(found, deadline)
    if found is None:
        raise errors.ResourceNotFound(
            f"import_: there is no {run.kind.noun} {identifier} in {calls.region}. Check the name or ARN and the "
            f"Region.{id_hint(identifier, calls.region, run.kind)}"
        )
    arn = found.arn
    tags = calls.with_retries(lambda: calls.tags(arn))
    live = live_inputs(run.kind, found, tags, declared=props, ignores=run.clients.configuration.ignores_tag)
    different = differences(run.kind, declared=props, live=live, shown=props.get("importShown") or ())
    mark, own = Mark.read(tags), Owner.of(run, props).mark(found.name)
    if mark and mark.is_of_maker(own) and mark != own:
        different.append("an interrupted create of this resource made it of other artifacts, or with another role")
    if different:
        raise errors.ImportMismatch(
            f"import_: {arn} differs from the program: {'; '.join(different)}. Nothing was changed. Change the program "
            f"to match, or import another {run.kind.noun}."
        )
    calls.rename(found.name)
    with run.claiming() as claim:
        if arn in run.guard.recorded or not claim(arn):
            raise errors.ImportMismatch(
                f"import_: another resource of this stack manages {arn}. Only one resource can manage a "
                f"{run.kind.noun}. Nothing was changed."
            )
        found = calls.wait_active(arn, deadline)
        hand_over(run, calls, found.arn, marked=MARK in tags)
    adopted: Resource = found
    return adopted
