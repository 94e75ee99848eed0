"""What the resource classes share in the user's program: options and configuration turned into inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import is_config_secret

from pulumi_bedrock.values import durations
from pulumi_bedrock.values.configuration import default_tags
from pulumi_bedrock.values.tags import as_mapping, merged

from . import stack_identity

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "PropertyBag",
    "Tags",
    "all_tags",
    "follow_tags",
    "importing",
    "own_tags",
    "owner",
    "refuse_aws_provider",
    "timeouts",
]

Tags = Mapping[str, pulumi.Input[str]] | Sequence[Mapping[str, pulumi.Input[str]]]
"""Tags as pulumi_aws takes them, or as boto3 does."""


class PropertyBag:
    """A resource's properties, as the base of an `@pulumi.input_type`: only for one does the SDK translate names.

    It takes a dynamic resource's properties for a dict, though, and adds `__provider` to them: hence the two methods.
    """

    @classmethod
    def of(cls, **values: Any) -> Self:
        """All properties of the class; those that aren't given are None, so that the SDK makes outputs of them too."""
        bag = cls()
        bag.__dict__.update({name: values.get(name) for name in cls.__annotations__})
        return bag

    def __contains__(self, key: str) -> bool:
        return key in self.__dict__

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__[key] = value


def refuse_aws_provider(opts: pulumi.ResourceOptions, name: str) -> None:
    """An `aws.Provider` can't reach a dynamic resource, and ignoring one would mean the wrong account.

    :raises pulumi.RunError: for one that is given, or inherited from a parent.
    """
    given: list[pulumi.ProviderResource] = [opts.provider] if opts.provider else []
    providers = opts.providers or []
    given += providers.values() if isinstance(providers, Mapping) else providers
    inherited = opts.parent.get_provider("aws:index:Provider") if opts.parent else None
    if inherited is not None or any(provider.package == "aws" for provider in given):
        how = "inherits" if inherited is not None else "was given"
        raise pulumi.RunError(
            f'"{name}" {how} an aws.Provider, which a dynamic resource can\'t use: it would end up in another '
            "account. Give it region= and a parent without one, and set the account in the stack's configuration "
            "(aws:profile, aws:assumeRoles, …)."
        )


def owner(name: str, opts: pulumi.ResourceOptions) -> dict[str, Any]:
    """Whose a resource is: the dynamic host is told neither its stack nor its logical name.

    The parent tells apart two resources of one name. It is named here rather than taken from the URN, which is an
    output: a child that waits for an output of its parent waits for itself.
    """
    found: dict[str, Any] = {
        "project": pulumi.get_project(),
        "stack": pulumi.get_stack(),
        "logicalName": name,
        "identity": stack_identity.identity(),
    }
    if opts.parent is not None and opts.parent.pulumi_resource_type != "pulumi:pulumi:Stack":
        found["parent"] = f"{opts.parent.pulumi_resource_type}::{opts.parent.pulumi_resource_name}"
    return found


def timeouts(opts: pulumi.ResourceOptions) -> dict[str, str] | None:
    """The option `custom_timeouts`, which the dynamic host drops, as an input."""
    given = opts.custom_timeouts
    texts = {"create": given.create, "delete": given.delete} if given else {}
    found = {operation: text for operation, text in texts.items() if text}
    for operation, text in found.items():
        try:
            durations.parsed(text)
        except (TypeError, ValueError):
            # Before the engine sees it, whose refusal is a traceback in the program; `check` judges what can be read.
            raise pulumi.RunError(
                f'custom_timeouts: {operation} must be a positive duration such as "45m" or "1h30m"'
            ) from None
    return found or None


def importing(opts: pulumi.ResourceOptions, name: str) -> tuple[pulumi.ResourceOptions, str | None]:
    """The options without `import_`, on which the dynamic host fails, and its value to be an input.

    :raises pulumi.RunError: together with `delete_before_replace`: a forced replacement would delete what is imported,
        and then find nothing to import.
    """
    import_id = opts.import_
    if import_id is None:
        return opts, None
    if opts.delete_before_replace:
        raise pulumi.RunError(
            f'"{name}": import_ and delete_before_replace=True can\'t be combined: a forced replacement would delete '
            "what is imported. Import first, take import_ out, and then add delete_before_replace."
        )
    opts = pulumi.ResourceOptions.merge(opts, None)
    opts.import_ = None
    return opts, import_id


def own_tags(tags: pulumi.Input[Tags] | None) -> Any:
    """A resource's tags as a mapping, whichever form they came in. Values that are outputs stay what they are.

    :raises pulumi.RunError: for what is neither form, which the SDK would answer with a traceback.
    """
    if isinstance(tags, (list, tuple)) and any(isinstance(key, pulumi.Output) for tag in tags for key in _keys(tag)):
        tags = pulumi.Output.from_input(tags)
    if isinstance(tags, pulumi.Output):
        return tags.apply(_as_mapping)
    return _as_mapping(tags)


def _keys(tag: Any) -> list[Any]:
    return [tag.get("key")] if isinstance(tag, Mapping) else []


def _as_mapping(tags: Any) -> Any:
    found = as_mapping(tags)
    if found is None or isinstance(found, Mapping):
        return found
    raise pulumi.RunError('tags: must be a mapping of strings, or a list of {"key": …, "value": …}')


def all_tags(tags: Any) -> Any:
    """The resource's tags over those of `aws:defaultTags`.

    Merged here and not in the host: Pulumi keeps a value secret under the key where it was declared secret, and only
    there, so a secret tag that the host copied would stand in clear text.
    """
    defaults: Mapping[str, Any] = default_tags(pulumi.Config("aws").get)
    if is_config_secret("aws:defaultTags"):
        defaults = {key: pulumi.Output.secret(value) for key, value in defaults.items()}
    if isinstance(tags, pulumi.Output):
        return pulumi.Output.all(defaults, tags).apply(lambda both: merged(both[0], both[1]))
    return merged(defaults, tags)


def follow_tags(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Lets `ignore_changes` and `additional_secret_outputs` on `tags` reach `tagsAll`, which is made from it."""
    ignored = [path for path in opts.ignore_changes or [] if path == "tags" or path.startswith(("tags.", "tags["))]
    secret = ["tags_all"] if "tags" in (opts.additional_secret_outputs or []) else []
    if not ignored and not secret:
        return opts
    also = pulumi.ResourceOptions(
        ignore_changes=[f"tagsAll{path[len('tags') :]}" for path in ignored] or None,
        additional_secret_outputs=secret or None,
    )
    return pulumi.ResourceOptions.merge(opts, also)
