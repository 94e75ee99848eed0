"""Options and configuration turned into inputs, for all resource classes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi
from pulumi.output import Unknown
from pulumi.runtime import is_config_secret

from pulumi_bedrock.errors import ConfigurationError
from pulumi_bedrock.values.configuration import default_tags
from pulumi_bedrock.values.durations import parse_duration
from pulumi_bedrock.values.tags import as_mapping, as_text, merged

from . import stack_identity

if TYPE_CHECKING:
    from typing_extensions import Self

    from .aws_provider import Host

__all__ = [
    "PropertyBag",
    "Tags",
    "all_tags",
    "follow_tags",
    "importing",
    "known_or",
    "own_tags",
    "owner",
    "renamed",
    "replace_on_changes",
    "shown_in_import",
    "timeouts",
]

T = TypeVar("T")

Tags = Mapping[str, pulumi.Input[str]] | Sequence[Mapping[str, pulumi.Input[str]]]
"""Tags as pulumi_aws takes them, or as boto3 does."""


class PropertyBag:
    """Base class of a resource's properties. The SDK translates names only for an `@pulumi.input_type`.

    But the SDK treats a dynamic resource's properties as a dict, and adds `__provider` to them: hence the two methods.
    """

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Return a bag with all properties; one that isn't given is None, so that the SDK makes an output of it."""
        bag = cls()
        bag.__dict__.update({name: values.get(name) for name in cls.__annotations__})
        return bag

    def __contains__(self, key: str) -> bool:
        return key in self.__dict__

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__[key] = value


def owner(name: str, opts: pulumi.ResourceOptions, host: Host | None) -> dict[str, Any]:
    """Return the owner, which Pulumi doesn't send to a host: project, stack, logical name, parent and stack identity.

    As in a URN, the parent is the chain of all parents' types. Together with it the name is unique in the stack.
    """
    found: dict[str, Any] = {
        "project": pulumi.get_project(),
        "stack": pulumi.get_stack(),
        "logicalName": name,
        # Tasks, since a coroutine that the SDK drops after an error is a warning.
        "identity": asyncio.ensure_future(stack_identity.identity(host)),
    }
    if opts.parent is not None and opts.parent.pulumi_resource_type != "pulumi:pulumi:Stack":
        found["parent"] = asyncio.ensure_future(_qualified_type(opts.parent))
    return found


async def _qualified_type(resource: pulumi.Resource) -> str:
    """Return the types of a resource's parents and its own, joined by `$`, as its URN has them.

    It is a plain value and not an output: a child that has an output of its parent as an input waits for itself.
    """
    urn = await resource.urn.future()
    return urn.split("::")[2] if urn else ""


def timeouts(opts: pulumi.ResourceOptions, name: str, *operations: str) -> dict[str, str] | None:
    """Return the option `custom_timeouts` as an input, since the dynamic host drops the option.

    :param name: The resource's name, for an error.
    :param operations: Those that the resource has beside create and delete: `update`.
    :raises pulumi.RunError: when one of them can't be read as a duration.
    """
    given = opts.custom_timeouts
    texts = {operation: getattr(given, operation, None) for operation in ("create", "delete", *operations)}
    found = {operation: text for operation, text in texts.items() if text}
    for operation, text in found.items():
        try:
            parse_duration(text)
        except (TypeError, ValueError):
            # The engine would refuse it with a traceback in the program. `check` validates what can be parsed.
            raise pulumi.RunError(
                f'"{name}": custom_timeouts: {operation} must be a positive duration such as "45m" or "1h30m"'
            ) from None
    return found or None


def importing(opts: pulumi.ResourceOptions, name: str) -> tuple[pulumi.ResourceOptions, str | None]:
    """Return the options without `import_`, on which the dynamic host fails, and its value as an input.

    :raises pulumi.RunError: when combined with `delete_before_replace`: a forced replacement would delete what was
        imported, and then find nothing to import.
    """
    import_id = opts.import_
    if import_id is None:
        return opts, None
    if opts.delete_before_replace:
        raise pulumi.RunError(
            f'"{name}": import_ and delete_before_replace=True can\'t be combined: a forced replacement would delete '
            "what was imported. Import first, remove import_, and then add delete_before_replace."
        )
    opts = pulumi.ResourceOptions.merge(opts, None)
    opts.import_ = None
    return opts, import_id


async def shown_in_import(opts: pulumi.ResourceOptions, **values: Any) -> list[str]:
    """Return which inputs aren't secret, so that an import that doesn't match may show their values.

    The host can't tell: Pulumi hands it secrets in clear text.
    """
    secret = set(opts.additional_secret_outputs or [])
    return [
        name
        for name, value in values.items()
        if name not in secret and not await pulumi.Output.from_input(value).is_secret()
    ]


def known_or(preferred: pulumi.Output[T], fallback: pulumi.Output[T]) -> pulumi.Output[T]:
    """Return an output with the value of `preferred` where that is known, and else that of `fallback`."""
    return preferred.apply(lambda value: fallback if isinstance(value, Unknown) else preferred, run_with_unknowns=True)


def own_tags(tags: pulumi.Input[Tags] | None, name: str) -> Any:
    """Return a resource's tags as a mapping, from either form. Values that are outputs stay outputs.

    :param name: The resource's name, for an error.
    :raises pulumi.RunError: when they have neither form, where the SDK would answer with a traceback, or a value is
        None, which the SDK would drop.
    """
    if isinstance(tags, (list, tuple)) and any(
        isinstance(tag, Mapping) and isinstance(tag.get("key"), pulumi.Output) for tag in tags
    ):
        tags = pulumi.Output.from_input(tags)
    if isinstance(tags, pulumi.Output):
        return tags.apply(lambda resolved: _as_mapping(resolved, name))
    return _as_mapping(tags, name)


def _as_mapping(tags: Any, name: str) -> Any:
    found = as_mapping(tags)
    if found is not None and not isinstance(found, Mapping):
        raise pulumi.RunError(f'"{name}": tags: must be a mapping of strings, or a list of {{"key": …, "value": …}}')
    return found and {key: _tag_value(key, value, name) for key, value in found.items()}


def _tag_value(key: str, value: Any, name: str) -> Any:
    if isinstance(value, (pulumi.Output, Awaitable)):
        # A value that isn't known yet isn't None: `apply` doesn't call the function with it.
        return pulumi.Output.from_input(value).apply(lambda resolved: _tag_value(key, resolved, name))
    if value is None:
        raise pulumi.RunError(f'"{name}": tags["{key}"] is None; give it a string, or leave the tag out')
    return as_text(value)


def all_tags(tags: Any, name: str, host: Host | None) -> Any:
    """Return the resource's tags merged over the default ones: those of its `aws.Provider`, or of `aws:defaultTags`.

    They are merged here and not in the host: Pulumi keeps a value secret only under the key where it was declared
    secret, so a secret tag that the host copied would be stored in clear text.

    :param name: The resource's name, for an error.
    :raises pulumi.RunError: when `aws:defaultTags` has the wrong form, or a tag without a value.
    """
    if host is not None:
        theirs = host.settings.get("defaultTags").apply(lambda text: default_tags({"defaultTags": text}.get))
        return pulumi.Output.all(theirs, tags).apply(lambda both: merged(both[0], both[1]))
    try:
        defaults: Mapping[str, Any] = default_tags(pulumi.Config("aws").get)
    except ConfigurationError as error:
        raise pulumi.RunError(f'"{name}": {error}') from None
    if is_config_secret("aws:defaultTags"):
        defaults = {key: pulumi.Output.secret(value) for key, value in defaults.items()}
    if isinstance(tags, pulumi.Output):
        return pulumi.Output.all(defaults, tags).apply(lambda both: merged(both[0], both[1]))
    return merged(defaults, tags)


def replace_on_changes(opts: pulumi.ResourceOptions) -> list[str] | None:
    """Return the option `replace_on_changes` as an input, with boto3's names: the engine isn't told what changed."""
    names = {"model_arn": "modelArn", "tags_all": "tagsAll"}
    return [names.get(path, path) for path in opts.replace_on_changes or []] or None


def renamed(opts: pulumi.ResourceOptions, names: Mapping[str, str]) -> pulumi.ResourceOptions:
    """Return the options with other names of properties, where an argument isn't stored under its own name."""
    opts = pulumi.ResourceOptions.merge(opts, None)
    for option in ("additional_secret_outputs", "ignore_changes", "replace_on_changes"):
        given = getattr(opts, option)
        setattr(opts, option, given and [names.get(path, path) for path in given])
    return opts


def follow_tags(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Extend `ignore_changes` and `additional_secret_outputs` on `tags` to `tagsAll`, which is derived from it."""
    ignored = [path for path in opts.ignore_changes or [] if path == "tags" or path.startswith(("tags.", "tags["))]
    secret = ["tags_all"] if "tags" in (opts.additional_secret_outputs or []) else []
    if not ignored and not secret:
        return opts
    also = pulumi.ResourceOptions(
        ignore_changes=[f"tagsAll{path[len('tags') :]}" for path in ignored] or None,
        additional_secret_outputs=secret or None,
    )
    return pulumi.ResourceOptions.merge(opts, also)
