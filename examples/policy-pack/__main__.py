"""Rules for custom model deployments, which `pulumi preview --policy-pack` and `pulumi up --policy-pack` check."""

from __future__ import annotations

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
INVOCATION = "pulumi-python:dynamic/bedrock:ModelInvocation"


def serves_while_replaced(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """With a given name, the old deployment is deleted before the new one is created."""
    if args.resource_type == DEPLOYMENT and "modelDeploymentName" in args.props and not args.props.get("updateInPlace"):
        report(
            f"{args.name} has a fixed name, so a changed input is an outage. "
            "Leave model_deployment_name out, or set update_in_place=True."
        )


def has_cost_center(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """`tagsAll` has the resource's tags and the default ones."""
    if args.resource_type == DEPLOYMENT and not (args.props.get("tagsAll") or {}).get("cost-center"):
        report(f"{args.name} needs the tag cost-center.")


def is_called(args: StackValidationArgs, report: ReportViolation) -> None:
    """Its ARN isn't known in a preview, but what depends on it is."""
    called = {
        deployment.urn
        for resource in args.resources
        if resource.resource_type == INVOCATION
        for deployment in resource.property_dependencies.get("modelId", [])
    }
    for resource in args.resources:
        if resource.resource_type == DEPLOYMENT and resource.urn not in called:
            report(f"No ModelInvocation calls {resource.name}: nothing shows that it answers.", resource.urn)


PolicyPack(
    name="bedrock-deployments",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy("serves-while-replaced", "A replacement is no outage.", serves_while_replaced),
        ResourceValidationPolicy("has-cost-center", "A deployment names who pays for it.", has_cost_center),
        StackValidationPolicy("is-called", "A deployment is tried.", is_called, EnforcementLevel.ADVISORY),
    ],
)
