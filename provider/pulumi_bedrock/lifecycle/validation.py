"""Validate the inputs of a deployment or a custom model, offline, against botocore's service model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_bedrock.aws.constraints import UNKNOWN, input_shape, member_shape, size_violations, violations
from pulumi_bedrock.errors import NO_REGION, SET_REGION
from pulumi_bedrock.values.arns import Arn, describe_identifier
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind
from pulumi_bedrock.values.tags import SERVICE_PREFIX

from .comparison import holds_unknown
from .inputs import SENT, timeouts
from .unfinished import MARK

__all__ = ["NO_VALUE", "validate", "validate_options"]

NO_VALUE = "(an output has no value if its resource failed)"
"""What to say of a missing input that a program gives: with `--continue-on-error`, Pulumi leaves such outputs out."""

_REGION = re.compile("[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*(?<!-)")


def validate(kind: Kind, props: Mapping[str, Any]) -> list[str]:
    """Return one line for each invalid property; a line begins with the property's name.

    The constraints are those of botocore's service model. A line never repeats a value, since it may be secret.

    :param props: Normalised properties.
    """
    return [*_api_violations(kind, props), *_tag_violations(kind, props), *validate_options(props)]


def _api_violations(kind: Kind, props: Mapping[str, Any]) -> Iterator[str]:
    shape = input_shape(kind.create)
    own = _model_violations if kind is DEPLOYMENT else _source_violations
    yield from own(props)
    for key in SENT[kind]:
        if props.get(key) is not None and key not in _OWN_RULES:
            yield from violations(key, member_shape(shape, key), props[key])
    yield from _wrong_import(kind, props)
    region = props.get("region")
    if region is None:
        yield f"region: {NO_REGION} {SET_REGION}"
    elif region is not UNKNOWN and not _is_region(region):
        yield 'region: must be the name of an AWS Region, such as "us-east-1"'


_OWN_RULES = ("customModelDataSource", "modelArn", "modelSourceConfig")
"""Inputs with a check of their own, which is made first."""


def _model_violations(props: Mapping[str, Any]) -> Iterator[str]:
    if props.get("modelArn") is None:
        yield f"modelArn: is required; give the ARN of the custom model to deploy {NO_VALUE}"
        return
    wrong = list(_wrong_model(props))
    if not wrong:
        wrong = list(
            violations("modelArn", member_shape(input_shape(DEPLOYMENT.create), "modelArn"), props["modelArn"])
        )
    yield from wrong or _other_region(props)


def _source_violations(props: Mapping[str, Any]) -> Iterator[str]:
    """Check what a custom model is made of. The program gives `s3_uri` or `model_package_arn`, so lines name these."""
    shape = input_shape(CUSTOM_MODEL.create)
    sources = {
        "s3Uri": (props.get("modelSourceConfig"), member_shape(shape, "modelSourceConfig"), "s3DataSource"),
        "modelPackageArn": (
            props.get("customModelDataSource"),
            member_shape(shape, "customModelDataSource"),
            "modelPackageArnDataSource",
        ),
    }
    given = [key for key, (value, _, _) in sources.items() if value is not None]
    if len(given) != 1:
        what = "both are missing; give one of them" if not given else "give either one, and not both"
        yield f"s3Uri, modelPackageArn: {what}"
    for key in given:
        value, outer, member = sources[key]
        inner = member_shape(outer, member)
        if isinstance(value, Mapping) and isinstance(value.get(member), Mapping) and key in value[member]:
            yield from violations(key, member_shape(inner, key), value[member][key])
        elif value is not UNKNOWN and not holds_unknown(value):
            yield f"{key}: must be a string"
    if "s3Uri" in given and props.get("roleArn") is None:
        needed = "give the ARN of a role that Bedrock may assume to read the artifacts"
        yield f"roleArn: is required with s3Uri; {needed} {NO_VALUE}"


def _wrong_model(props: Mapping[str, Any]) -> Iterator[str]:
    given = props.get("modelArn")
    if not isinstance(given, str):
        return
    arn = Arn.parse(given)
    if arn is None or arn.kind != "custom-model":
        what = describe_identifier(given)
        yield f"modelArn: must be the ARN of a custom model, such as {CUSTOM_MODEL.example}, and this is {what}"


def _other_region(props: Mapping[str, Any]) -> Iterator[str]:
    given, region = props.get("modelArn"), props.get("region")
    arn = Arn.parse(given) if isinstance(given, str) else None
    if arn is not None and isinstance(region, str) and _is_region(region) and arn.region != region:
        yield (
            f"modelArn: the custom model is in {arn.region}, but the deployment is in {region}. Set region= or "
            "aws:region to the model's Region"
        )


def _wrong_import(kind: Kind, props: Mapping[str, Any]) -> Iterator[str]:
    given = props.get("importId")
    if not isinstance(given, str):
        return
    arn, wrong = Arn.parse(given), f"import_: must be the name or ARN of a {kind.noun}, such as {kind.example}"
    identifier = member_shape(input_shape(kind.get), kind.identifier)
    if arn is not None and arn.kind != kind.arn_type:
        yield f"{wrong}, and this is {describe_identifier(given)}"
    elif arn is not None and any(violations("import_", identifier, given)):
        yield f"{wrong}, and the account or the ID in this ARN is malformed"
    elif arn is None and (given != given.strip() or given.startswith("arn:")):
        what = "not the ARN of a Bedrock resource" if given == given.strip() else describe_identifier(given)
        yield f"{wrong}, and this is {what}"
    elif arn is None:
        for line in violations("a name", member_shape(input_shape(kind.create), kind.name), given):
            yield f"{wrong}; {line.replace(': ', ' ', 1)}"


def _is_region(value: Any) -> bool:
    """Return whether a value can be part of an endpoint's host name. botocore refuses others, but only in a call."""
    return isinstance(value, str) and len(value) <= 63 and value[:1] != "-" and bool(_REGION.fullmatch(value))


def _tag_violations(kind: Kind, props: Mapping[str, Any]) -> Iterator[str]:
    shape = member_shape(input_shape(kind.create), kind.tags)
    own, everything = props.get("tags"), props.get("tagsAll")
    for name, tags in (("tags", own), ("tagsAll", everything)):
        if tags is not None and tags is not UNKNOWN and not isinstance(tags, Mapping):
            yield f'{name}: must be a mapping of strings, or a list of {{"key": …, "value": …}}'
    own = own if isinstance(own, Mapping) else {}
    everything = everything if isinstance(everything, Mapping) else {}
    yield from size_violations("tags", shape, everything or own)
    defaults = {key: value for key, value in everything.items() if key not in own}
    named = [(f'tags["{key}"]', key, value) for key, value in own.items()]
    named += [(f'default tag "{key}"', key, value) for key, value in defaults.items()]
    for path, key, value in named:
        yield from violations(f"{path} (its key)", member_shape(shape.member, "key"), key)
        for prefix, who in ((SERVICE_PREFIX, "AWS"), (MARK, "pulumi_bedrock")):
            if str(key).lower().startswith(prefix):
                yield f'{path}: {who} reserves keys that begin with "{prefix}"; choose another key'
        yield from violations(path, member_shape(shape.member, "value"), value)
    if props.get("tags") is not UNKNOWN and props.get("tagsAll") is not UNKNOWN:
        for key, value in own.items():
            other = everything.get(key)
            if value != other and not (holds_unknown(value) or holds_unknown(other)):
                yield (
                    f'tags["{key}"]: a transform or ignore_changes has changed tags alone, but AWS gets tagsAll, which '
                    "the program makes of tags and the default tags. Change both, or give the tag in the program"
                )


def validate_options(props: Mapping[str, Any]) -> Iterator[str]:
    """Return one line for each invalid option."""
    in_place = props.get("updateInPlace")
    if in_place is not None and in_place is not UNKNOWN and not isinstance(in_place, bool):
        yield "update_in_place: must be True or False"
    for operation in props.get("timeouts") or {}:
        try:
            timeouts(props, {operation: 0.0})
        except (TypeError, ValueError):
            yield f'custom_timeouts: {operation} must be a positive duration such as "45m" or "1h30m"'
