"""What the resource classes of deployments and custom models have in common: their arguments, turned into inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi

from pulumi_bedrock.values.settings import AUTONAMING

from . import options
from .autonaming import engine_deletes_first
from .aws_provider import Host, region_of

__all__ = ["arguments", "managed_inputs"]

A = TypeVar("A")


def arguments(
    make: type[A], positional: tuple[Any, ...], named: dict[str, Any], **defaults: Any
) -> tuple[A | None, pulumi.ResourceOptions | None]:
    """Return the arguments of both forms that generated Pulumi SDKs have: `(name, args, opts)` and keywords.

    :param make: The class of the arguments.
    :param defaults: What a required argument is that isn't named, so that it gets an error of its own.
    :raises TypeError: when both forms are given, or something else.
    """
    named = dict(named)
    args, opts = named.pop("args", None), named.pop("opts", None)
    for value in positional:
        if isinstance(value, pulumi.ResourceOptions):
            opts = value
        elif isinstance(value, make):
            args = value
        elif value is not None:
            raise TypeError(f"give {make.__name__}, ResourceOptions, or the arguments by name")
    if named:
        if args is not None:
            raise TypeError(f"give the arguments by name or as {make.__name__}, not both")
        args = make(**{**defaults, **named})
    return args, opts


def managed_inputs(
    args: Any,
    name: str,
    opts: pulumi.ResourceOptions,
    host: Host | None,
    resource_type: str,
    *,
    shown: Mapping[str, Any],
) -> tuple[dict[str, Any], pulumi.ResourceOptions]:
    """Return the inputs that the host gets, and the options that the engine gets.

    :param args: The arguments of the resource class.
    :param name: The resource's name in the program.
    :param shown: Arguments that may be secret. Those that aren't are shown in an import that doesn't match.
    :raises pulumi.RunError: when an argument or option can't be used.
    """
    opts, import_id = options.importing(opts, name)
    # Left out when it is off, so that a state made before there was such an argument shows no diff.
    in_place = None if args.update_in_place is False else args.update_in_place
    tags = options.own_tags(args.tags, name)
    tags_all = options.all_tags(tags, name, host)
    inputs = {
        **vars(args),
        "tags": tags,
        "tags_all": tags_all,
        "update_in_place": in_place,
        "region": region_of(args.region, host),
        "import_id": import_id,
        "import_shown": options.shown_in_import(opts, **shown, tags=tags_all) if import_id else None,
        # The setting overrides the option.
        "delete_before_replace": AUTONAMING if engine_deletes_first(resource_type) else opts.delete_before_replace,
        "owner": options.owner(name, opts, host),
        "replace_on_changes": options.replace_on_changes(opts),
        "retain_on_delete": opts.retain_on_delete or None,
        "timeouts": options.timeouts(opts, name, *(() if in_place is None else ("update",))),
    }
    return inputs, options.follow_tags(opts)
