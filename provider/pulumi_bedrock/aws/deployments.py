"""The calls and waits that only deployments have; `calls` has the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.values.arns import region_in, subject
from pulumi_bedrock.values.durations import format_duration
from pulumi_bedrock.values.kinds import DEPLOYMENT

from .calls import Calls
from .resources import CREATING, FAILED, UPDATING, Deployment
from .waiting import Deadline

__all__ = ["ACTIONS", "IN_PLACE_ACTIONS", "Deployments"]

ACTIONS = (
    "bedrock:CreateCustomModelDeployment",
    "bedrock:DeleteCustomModelDeployment",
    "bedrock:GetCustomModel",
    "bedrock:GetCustomModelDeployment",
    "bedrock:ListCustomModelDeployments",
    "bedrock:ListCustomModels",
    "bedrock:ListTagsForResource",
    "bedrock:TagResource",
    "bedrock:UntagResource",
)
"""Every IAM action that a deployment's life needs. AWS checks `TagResource` when a create carries tags. At the end of a
stack, `ListCustomModels` serves to find the models that it left unfinished."""

IN_PLACE_ACTIONS = ("bedrock:UpdateCustomModelDeployment",)
"""What a deployment with `update_in_place` needs besides."""

DEPLOYABLE = (
    "If it is the model: pulumi_bedrock's docs/aws.md has the base models and Regions that AWS deploys, and "
    "https://docs.aws.amazon.com/bedrock/latest/userguide/deploy-custom-model-on-demand.html has the newest list."
)
"""The advice when AWS calls a create invalid: a custom model may be `Active` and still not be deployable."""


class Deployments(Calls[Deployment]):
    """One operation's view of the deployments of one account and Region."""

    kind = DEPLOYMENT
    FAILED = errors.DeploymentFailed
    INVALID = DEPLOYABLE

    def start_update(self, arn: str, model_arn: str) -> None:
        """Start to put another model behind a deployment. AWS answers at once, with the update `Updating`.

        Makes one attempt: there is no token, so a second attempt after a lost answer could start another update.

        IAM: bedrock:UpdateCustomModelDeployment.

        :raises ValidationFailed: among others, when an update is under way, or the deployment isn't `Active`.
        """
        with self.call("UpdateCustomModelDeployment", not_found=_check_model(model_arn, self)):
            self.client.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=model_arn)

    def wait_creatable(self, props: Mapping[str, Any], deadline: Deadline) -> None:
        """Wait until the custom model can be deployed; see `wait_model_active`."""
        self.wait_model_active(props["modelArn"], deadline)

    def settled(self, found: Deployment, deadline: Deadline) -> Deployment | None:
        """Return a deployment when no update of its model is under way, so that what it serves is decided.

        None when AWS doesn't find it any more.

        IAM: bedrock:GetCustomModelDeployment.

        :param found: What Get has just shown.
        :raises WaitTimeout: when the update doesn't end before the deadline.
        """
        if not found.is_updating:
            return found
        about = subject(found.name)
        wait = self.wait(deadline, "its update", name=found.name, subject=about)
        for _ in wait:
            with wait.retry_transient():
                newest = self.find(found.arn)
                if newest is None or not newest.is_updating:
                    return newest
                wait.progress(f"{UPDATING} to {newest.next_model_arn}")
        raise errors.WaitTimeout(
            f"the update to {found.next_model_arn} that is under way is still {UPDATING} after "
            f"{format_duration(deadline.timeout)}. Run `pulumi up` again, with a longer custom_timeouts create."
            f"{wait.last_failure()}",
            subject=about,
        )

    def describe(self, found: Deployment) -> str:
        """Return what a message says of a deployment that has a name which another one needs."""
        return f"model {found.model_arn}, status {found.status}"

    def not_found(self, request: Mapping[str, Any]) -> str:
        """Return the advice for a Create that doesn't find the model."""
        return _check_model(str(request["modelArn"]), self)

    def wait_model_active(self, model_arn: str, deadline: Deadline, *, operation: str = "create") -> None:
        """Wait until the custom model can be deployed. Where it can't be read, AWS's create or update decides.

        IAM: bedrock:GetCustomModel; without it there is no wait.

        :param operation: `create` or `update`, for messages.
        :raises ModelFailed: when the model is `Failed`.
        :raises WaitTimeout: when the model is still `Creating` at the deadline; then nothing was created or changed.
        """
        unchanged = "Nothing was created." if operation == "create" else "Nothing was changed."
        wait = self.wait(deadline, "its custom model")
        for _ in wait:
            with wait.retry_transient():
                snapshot = self.poller.model(model_arn, max_age=wait.max_age, until=wait.until)
                wait.polled(snapshot)
                model = snapshot.value
                if model.status == FAILED:
                    raise errors.ModelFailed(
                        f"the custom model {model_arn} is Failed. {self.reason(model.failure_message)} "
                        f"{unchanged} Deploy a model that is Active.",
                        subject=self.subject,
                    )
                if model.status != CREATING:
                    return
                wait.progress(f"model {model.status}")
        raise errors.WaitTimeout(
            f"the custom model {model_arn} was not Active after {format_duration(deadline.timeout)}. {unchanged} "
            f"Run `pulumi up` again, with a longer custom_timeouts {operation}.{wait.last_failure()}",
            subject=self.subject,
        )


def _check_model(model_arn: str, deployments: Deployments) -> str:
    region = region_in(model_arn) or deployments.region
    if region != deployments.region:
        return (
            f"The model's ARN is in {region}, but the deployment is in {deployments.region}. "
            "Set region= or aws:region to the model's Region."
        )
    return "Check model_arn: it must be a custom model of this account and Region."
