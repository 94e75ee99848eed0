"""What the comment says of custom models: a sentence in the verdict, and a few lines for each that is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .changes import Action, Order
from .cutting import Section
from .markdown import code
from .models import Fate, ModelImpact
from .names import NAMED, first_of, name_of, names_of
from .notes import user

__all__ = ["model_sentences", "models"]

HOW_LONG = "AWS doesn't publish how long one takes to make; its own notebook estimates 10 minutes"
_REFUSED = "AWS deletes no custom model that is in use, so `pulumi up` waits for it, and then fails"
_NOTED = (Fate.BLOCKED, Fate.OLD_FIRST, Fate.DELETED, Fate.ORDER_UNKNOWN, Fate.OLD_GONE, Fate.NEW_FIRST)


def model_sentences(impacts: Sequence[ModelImpact]) -> list[str]:
    """Return a sentence for each kind of change of a custom model, the worst first."""
    groups: dict[Fate, list[ModelImpact]] = {}
    for impact in impacts:
        groups.setdefault(impact.fate, []).append(impact)
    sentences = [_sentence(fate, of) for fate, of in groups.items()]
    return [sentence for sentence in sentences if sentence]


def _sentence(fate: Fate, impacts: Sequence[ModelImpact]) -> str:
    names = names_of([impact.change.urn for impact in impacts])
    with_users = first_of([_with_users(impact) for impact in impacts[:NAMED]], len(impacts))
    return {
        Fate.BLOCKED: f"**Custom model to delete while a deployment uses it:** {with_users}; {_REFUSED}.",
        Fate.OLD_FIRST: (
            f"**Custom model deleted before the new one is made:** {with_users}. A deployment that uses it stops "
            f"serving until both are new. {HOW_LONG}, and then comes the deployment."
        ),
        Fate.DELETED: f"**Custom model deleted permanently:** {names}.",
        Fate.ORDER_UNKNOWN: (
            f"**Custom model replaced, in an order that this preview doesn't contain:** {with_users}; a deployment "
            "that uses it may stop serving meanwhile."
        ),
        Fate.OLD_GONE: f"**Custom model already deleted, and made again:** {with_users}. {HOW_LONG}.",
        Fate.NEW_FIRST: f"Custom model replaced, the new one first: {with_users}. {HOW_LONG}.",
        Fate.NEW: f"New custom model: {names}. {HOW_LONG}.",
        Fate.ADOPTED: (
            f"Custom model imported: {names}; `pulumi up` compares it with the program, but for artifacts and role, "
            "which AWS doesn't show, and fails if it differs."
        ),
        Fate.FORGOTTEN: f"Custom model kept in AWS, but removed from the state: {names}.",
        Fate.RETAGGED: f"Tags of a custom model updated in place: {names}.",
    }.get(fate, "")


def _with_users(impact: ModelImpact) -> str:
    """Return a model's name with the deployments that block its delete, or that follow it."""
    name = name_of(impact.change.urn)
    found = impact.blocking if impact.fate is Fate.BLOCKED else impact.deployments
    if not found:
        return name
    count = len(found)
    listed = names_of([consumer.change.urn for consumer in found])
    what = "used by" if impact.fate is Fate.BLOCKED else "followed by"
    return f"{name}, {what} the deployment{'s' * (count != 1)} {listed}"


def models(impacts: Sequence[ModelImpact]) -> list[Section]:
    """Return a few lines for each custom model that loses its ARN, the worst first."""
    lines = [line for impact in impacts if impact.arn and impact.fate in _NOTED for line in _lines(impact)]
    return [Section("lines on custom models", "\n### Custom models\n", lines)] if lines else []


def _lines(impact: ModelImpact) -> Iterator[str]:
    name, action = code(impact.change.urn.name), impact.change.action
    done = {Action.DELETE: "deleted", Action.CREATE: "made again"}.get(action, "replaced")
    yield f"\n**{name} is {done}.** {_order(impact)}\n"
    new = "" if action is Action.DELETE else "; the new one is known after apply"
    yield f"- **The ARN becomes invalid:** {code(impact.arn)}{new}.\n"
    for title, users in (
        ("Deployments of this stack that use it", impact.deployments),
        ("Others that hold its ARN", impact.others),
    ):
        if users:
            yield f"- **{title}:**\n"
            yield from (f"  - {user(consumer)}\n" for consumer in users)
    if impact.outputs:
        yield "- **Stack outputs with the ARN,** which other stacks may read:\n"
        yield from (f"  - {code(name)}\n" for name in impact.outputs)
    if impact.fate in (Fate.OLD_FIRST, Fate.DELETED, Fate.NEW_FIRST):
        yield "- If another stack deploys it, AWS refuses to delete it until that deployment is gone.\n"


def _order(impact: ModelImpact) -> str:
    change = impact.change
    if change.old and change.old.retained:
        return "The old one stays in AWS (`retain_on_delete`), but is removed from the state."
    if impact.fate is Fate.BLOCKED:
        return _blocked(impact)
    return {
        Fate.OLD_FIRST: (
            "The old one is deleted first, and before it the deployments that use it: they stop serving until the new "
            "ones are `Active`. With an automatic name, nothing would stop."
        ),
        Fate.NEW_FIRST: ("The new one is made first, and the deployments go over to it. The old one is deleted last."),
        Fate.DELETED: "Nothing can be deployed from it any more.",
        Fate.OLD_GONE: "The old one is already deleted.",
        Fate.ORDER_UNKNOWN: (
            "Order unknown: this preview doesn't contain it. If the program gives the name, and it stays, the old one "
            "and the deployments that use it are deleted first."
        ),
    }.get(impact.fate, "")


def _blocked(impact: ModelImpact) -> str:
    blocking = impact.blocking
    names = names_of([consumer.change.urn for consumer in blocking])
    first = impact.change.order is Order.OLD_FIRST
    others = first and len(blocking) < len(impact.deployments)
    serving = "The other deployments are deleted before that, and stop serving" if others else "Nothing stops serving"
    instead = "leave `model_name` out" if first else "give it another model, or delete it in the same run"
    return f"It is to be deleted while {names} still uses it. {_REFUSED}. {serving}. To avoid it, {instead}."
