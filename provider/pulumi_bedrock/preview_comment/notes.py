"""Notes on each deployment that is deleted or replaced: the order, the ARN, and its consumers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from .changes import Action, Order
from .consumers import Consumer
from .cutting import Section
from .deployments import Impact, Serving
from .markdown import code, value
from .models import Fate
from .orders import fixed_name

__all__ = ["HOW_LONG", "IN_PLACE", "deployments", "user"]

HOW_LONG = "AWS doesn't publish how long that takes; people report 2 to 15 minutes"
IN_PLACE = "the ARN stays, and the old model serves until the new one is ready"
_HIDDEN = 20
"""Lines for consumers that may hold a deployment's ARN: any resource with a secret that changes may."""

_DONE = {
    Action.DELETE: "deleted",
    Action.REPLACE: "replaced",
    Action.CREATE: "created",
    Action.IMPORT: "imported",
    Action.UPDATE: "updated",
    Action.FORGET: "removed from the state",
}


def deployments(impacts: Sequence[Impact]) -> list[Section]:
    """Return a few lines for each deployment that loses its ARN or is updated in place, the worst first."""
    lines = [line for impact in impacts if impact.arn and _noted(impact) for line in _lines(impact)]
    return [Section("lines on deployments", "\n### Deployments\n", lines)] if lines else []


def _noted(impact: Impact) -> bool:
    moves = impact.change.action in (Action.DELETE, Action.REPLACE)
    return moves or impact.serving in (Serving.ALREADY_GONE, Serving.IN_PLACE, Serving.RETAGGED)


def _lines(impact: Impact) -> Iterator[str]:
    name = code(impact.change.urn.name)
    if impact.serving is Serving.IN_PLACE:
        yield f"\n**{name} is updated in place:** {IN_PLACE}.\n"
        if impact.models:
            old, new = (code(arn) if isinstance(arn, str) else value(arn) for arn in impact.models)
            yield f"- **Model:** {old} → {new}.\n"
        yield f"- **ARN:** {code(impact.arn)}. Its consumers don't change.\n"
        yield (
            "- **An assumption about AWS, not proven yet:** that the old model serves until then. It is "
            "`update-keeps-serving` in pulumi_bedrock's `docs/assumptions.md`.\n"
        )
        return
    if impact.serving is Serving.RETAGGED:
        yield f"\n**{name} is updated in place:** only its tags change; the ARN and the model stay.\n"
        return
    if impact.serving is Serving.ENDS:
        yield f"\n**{name} is deleted.** It stops serving permanently.\n"
        yield f"- **The ARN becomes invalid:** {code(impact.arn)}.\n"
    elif impact.change.action is Action.CREATE:
        since = "since it was deleted outside of Pulumi. Nothing serves until the new one is `Active`."
        yield f"\n**{name} is created again,** {since} {HOW_LONG}.\n"
        yield f"- **The ARN changes:** {code(impact.arn)} is already deleted; the new one is known after apply.\n"
    else:
        yield f"\n**{name} is replaced.** {_order(impact)}\n"
        yield f"- **The ARN changes:** {code(impact.arn)} becomes invalid; the new one is known after apply.\n"
    yield from _users(impact)


def _order(impact: Impact) -> str:
    change, fixed = impact.change, fixed_name(impact.change)
    if change.old and change.old.retained:
        return "The old one stays in AWS and keeps serving (`retain_on_delete`), but is removed from the state."
    if change.without_reason:
        return (
            "The preview gives no reason. Either an option requires it, or an earlier run deleted the old one and "
            f"then stopped; in that case nothing serves until the new one is `Active`. {HOW_LONG}."
        )
    if change.order is Order.OLD_GONE:
        return (
            "An earlier run deleted the old one and then stopped: nothing serves until the new one is `Active`. "
            f"{HOW_LONG}."
        )
    if change.order is Order.NEW_FIRST and impact.model and impact.model.fate is Fate.ORDER_UNKNOWN:
        return (
            f"Order unknown: if its custom model, {code(impact.model.change.urn.name)}, is deleted before the new one "
            f"is made, it is deleted too, and nothing serves until the new one is `Active`. {HOW_LONG}."
        )
    if change.order is Order.NEW_FIRST and impact.serving is Serving.ORDER_UNKNOWN:
        return (
            "Order unknown: its name or its Region isn't known yet. If both stay, the old one is deleted first, and "
            f"nothing serves until the new one is `Active`. {HOW_LONG}."
        )
    if change.order is Order.NEW_FIRST:
        return (
            "The new one is `Active` before the old one is deleted: no interruption for consumers that use the new ARN."
        )
    if change.order is Order.OLD_FIRST:
        model = impact.model
        why = (
            f"its custom model, {code(model.change.urn.name)}, is deleted before the new one is made"
            if model and model.change.order is Order.OLD_FIRST
            else f"the program gives its name, {code(fixed)}, and names are unique"
            if fixed
            else "an option, `pulumi:autonaming`, or a resource that it depends on, requires it"
        )
        return (
            f"The old one is deleted first, since {why}. From then on, nothing serves until the new one is `Active`. "
            f"{HOW_LONG}."
        )
    return (
        "Order unknown: this preview doesn't contain it. The old one is deleted first if the program gives its name, "
        "or an option such as `delete_before_replace` requires it."
    )


def _users(impact: Impact) -> Iterator[str]:
    following = [consumer for consumer in impact.consumers if not consumer.stays_behind]
    behind = [consumer for consumer in impact.consumers if consumer.stays_behind]
    if following:
        yield "- **Consumers that change with it:**\n"
        yield from (f"  - {user(consumer)}\n" for consumer in following)
    seen = {consumer.change.urn for consumer in following}
    hidden = list(islice((user for user in impact.hidden if user.change.urn not in seen), _HIDDEN + 1))
    if hidden:
        yield "- **Consumers that may hold the ARN, in a secret value that changes:**\n"
        yield from (f"  - {user(consumer)}\n" for consumer in hidden[:_HIDDEN])
        if len(hidden) > _HIDDEN:
            yield "  - *and others: see the full diff*\n"
    if behind:
        yield "- **Consumers that keep the old ARN, and will fail:**\n"
        yield from (f"  - {user(consumer)}\n" for consumer in behind)
    if impact.outputs:
        yield "- **Stack outputs with the ARN,** which other stacks may read:\n"
        yield from (f"  - {code(name)}\n" for name in impact.outputs)
    if not impact.consumers and not hidden and not impact.outputs:
        yield "- This preview shows no consumers.\n"


def user(consumer: Consumer) -> str:
    """Return a consumer, what becomes of it, and where it holds the ARN."""
    urn = consumer.change.urn
    held = f", in {', '.join(code(path) for path in consumer.properties)}" if consumer.properties else ""
    done = _DONE.get(consumer.change.action)
    return f"{code(urn.name)} ({code(urn.short_type)}){f' is {done}' if done else ''}{held}"
