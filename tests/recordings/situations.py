"""What users and AWS do, each as short as it can be. Each is driven through the real CLI and through the engine model.

Calls that are concurrent are executed in the order of the resources' names: in `failing_…`, `bot` fails while `sales`
is being created.
"""

from __future__ import annotations

from collections.abc import Callable

from recordings.driver import Driver
from stateful.program import Options, Output

__all__ = ["SAMPLE", "SITUATIONS", "Situation"]

Situation = Callable[[Driver], None]
SITUATIONS: dict[str, Situation] = {}
SAMPLE = (
    "dependents_of_delete_first_replacement",
    "pending_delete_and_failing_create_with_continue_on_error",
    "refresh_of_drift",
    "taint_whose_create_fails",
    "twin",
)
"""Those that each run of the engine tests compares: quick, since no two of their calls are concurrent."""


def situation(function: Situation) -> Situation:
    SITUATIONS[function.__name__] = function
    return function


def deployed(d: Driver) -> None:
    """The stack has one deployment."""
    d.program["bot"] = {"modelArn": d.v1}
    d.up()


def two_deployed(d: Driver) -> None:
    """The stack has two deployments, of which none depends on the other."""
    d.program["sales"] = {"modelArn": d.v1}
    deployed(d)


def chain_deployed(d: Driver) -> None:
    """`sales` has the ARN of `bot` in its description, and `tickets` that of `sales`. The names are given."""
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "bot"}
    d.program["sales"] = {"modelArn": d.v1, "modelDeploymentName": "sales", "description": Output("bot")}
    d.program["tickets"] = {"modelArn": d.v1, "modelDeploymentName": "tickets", "description": Output("sales")}
    d.up()


# Create, update


@situation
def create(d: Driver) -> None:
    deployed(d)


@situation
def create_of_two(d: Driver) -> None:
    two_deployed(d)


@situation
def create_of_two_one_at_a_time(d: Driver) -> None:
    d.program = {"bot": {"modelArn": d.v1}, "sales": {"modelArn": d.v1}}
    d.up(parallel=1)


@situation
def create_of_dependents(d: Driver) -> None:
    chain_deployed(d)


@situation
def create_that_fails(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1}
    d.fault("Create")
    d.up(fails=True)
    d.up()


@situation
def same(d: Driver) -> None:
    deployed(d)
    d.up()


@situation
def update_of_timeouts(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["timeouts"] = {"create": "30m"}
    d.up()


@situation
def update_in_place(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "updateInPlace": True}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up()


@situation
def update_that_fails(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "updateInPlace": True}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Update")
    d.up(fails=True)
    d.up()


@situation
def ignored_change(d: Driver) -> None:
    deployed(d)
    d.program["bot"] |= {"modelArn": d.v2, "opts": Options(ignore_changes=("modelArn",))}
    d.up()


# Replacement


@situation
def replacement_with_automatic_name(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.up()


@situation
def replacement_with_given_name(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "given"}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up()


@situation
def replacement_with_option_delete_before_replace(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "opts": Options(delete_before_replace=True)}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up()


@situation
def replacement_trigger(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "opts": Options(replacement_trigger="one")}
    d.up()
    d.program["bot"]["opts"] = Options(replacement_trigger="two")
    d.up()


@situation
def replacement_whose_create_fails(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True)
    d.up()


@situation
def delete_first_replacement_whose_create_fails(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "given"}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True)
    d.up()


@situation
def delete_first_replacement_whose_create_fails_then_refresh(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "given"}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True)
    d.refresh()
    d.up()


@situation
def delete_first_replacement_whose_create_fails_then_removal(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "given"}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True)
    d.program.clear()
    d.up()


@situation
def delete_first_replacement_whose_create_fails_then_revert(d: Driver) -> None:
    chain_deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True)
    d.program["bot"]["modelArn"] = d.v1
    d.up()


@situation
def delete_first_replacement_whose_delete_fails(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "given"}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.up()


@situation
def dependents_of_delete_first_replacement(d: Driver) -> None:
    chain_deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.up()


@situation
def dependents_of_delete_first_replacement_whose_create_fails(d: Driver) -> None:
    chain_deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True)
    d.up()


@situation
def dependents_of_create_first_replacement(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1}
    d.program["sales"] = {"modelArn": d.v1, "description": Output("bot")}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up()


@situation
def dependent_by_option_of_delete_first_replacement(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "bot"}
    d.program["sales"] = {"modelArn": d.v1, "opts": Options(depends_on=("bot",))}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up()


@situation
def import_that_depends_on_delete_first_replacement(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "bot"}
    d.up()
    bot = d.local.deployments()[0]["customModelDeploymentArn"]
    theirs = d.stranger("theirs", description=bot)
    given = {"importId": theirs, "modelArn": d.v1, "modelDeploymentName": "theirs", "description": Output("bot")}
    d.program["sales"] = given
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up(fails=True)


# Forced replacement


@situation
def forced_replacement(d: Driver) -> None:
    two_deployed(d)
    d.up(force="bot", target=("bot",))  # --target-replace


@situation
def forced_replacement_among_others(d: Driver) -> None:
    two_deployed(d)
    d.program["sales"]["modelArn"] = d.v2
    d.up(force="bot")


@situation
def forced_replacement_with_option_delete_before_replace(d: Driver) -> None:
    d.program["bot"] = {
        "modelArn": d.v1,
        "modelDeploymentName": "given",
        "opts": Options(delete_before_replace=True),
    }
    d.up()
    d.up(force="bot")


@situation
def forced_replacement_with_dependents(d: Driver) -> None:
    chain_deployed(d)
    d.program["bot"]["opts"] = Options(delete_before_replace=True)
    d.up(force="bot")


@situation
def forced_replacement_with_failing_sibling(d: Driver) -> None:
    d.stranger("taken")
    d.program["sales"] = {"modelArn": d.v1}
    d.up()
    d.program["bot"] = {"modelArn": d.v1, "modelDeploymentName": "taken"}
    d.up(force="sales", target=("sales", "bot"), fails=True)
    del d.program["bot"]
    d.up()


@situation
def forced_replacement_with_import(d: Driver) -> None:
    theirs = d.stranger("theirs")
    d.program["bot"] = {"importId": theirs, "modelArn": d.v1, "modelDeploymentName": "theirs"}
    d.up()
    d.up(force="bot")


@situation
def taint(d: Driver) -> None:
    two_deployed(d)
    d.taint("bot")
    d.up()


@situation
def taint_whose_create_fails(d: Driver) -> None:
    deployed(d)
    d.taint("bot")
    d.fault("Create")
    d.up(fails=True)
    d.up()


# Targets


@situation
def target(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["modelArn"] = d.program["sales"]["modelArn"] = d.v2
    d.up(target=("bot",))


@situation
def target_with_new_resource_left_out(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.program["sales"] = {"modelArn": d.v1}
    d.up(target=("bot",))
    d.up()


@situation
def target_that_was_removed(d: Driver) -> None:
    two_deployed(d)
    d.program.clear()
    d.up(target=("bot",))


@situation
def target_of_other_than_removed(d: Driver) -> None:
    two_deployed(d)
    del d.program["bot"]
    d.up(target=("sales",))
    d.up()


@situation
def target_with_pending_delete_of_another(d: Driver) -> None:
    two_deployed(d)
    d.twin("bot")
    d.up(target=("sales",))


@situation
def exclude(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["modelArn"] = d.program["sales"]["modelArn"] = d.v2
    d.up(exclude=("bot",))


# Refresh


@situation
def refresh(d: Driver) -> None:
    two_deployed(d)
    d.refresh()


@situation
def refresh_of_drift(d: Driver) -> None:
    deployed(d)
    arn = d.local.deployments()[0]["customModelDeploymentArn"]
    d.local.client("bedrock").update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=d.v2)
    d.refresh()
    d.up()


@situation
def refresh_of_drift_under_import(d: Driver) -> None:
    theirs = d.stranger("theirs")
    d.program["bot"] = {"importId": theirs, "modelArn": d.v1, "modelDeploymentName": "theirs"}
    d.up()
    d.local.client("bedrock").update_custom_model_deployment(customModelDeploymentIdentifier=theirs, modelArn=d.v2)
    d.refresh()


@situation
def refresh_of_what_is_gone(d: Driver) -> None:
    deployed(d)
    d.local.client("bedrock").delete_custom_model_deployment(
        customModelDeploymentIdentifier=d.local.deployments()[0]["customModelDeploymentArn"]
    )
    d.refresh()
    d.up()


@situation
def refresh_before_up(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    del d.program["sales"]
    d.up(refresh=True)


@situation
def refresh_before_up_with_target(d: Driver) -> None:
    two_deployed(d)
    d.up(refresh=True, target=("bot",))


@situation
def refresh_with_pending_delete(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.refresh()
    d.up()


# Import, get


@situation
def import_(d: Driver) -> None:
    theirs = d.stranger("theirs")
    d.program["bot"] = {"importId": theirs, "modelArn": d.v1, "modelDeploymentName": "theirs"}
    d.up()
    d.up()
    del d.program["bot"]["importId"]
    d.up()


@situation
def import_with_change(d: Driver) -> None:
    theirs = d.stranger("theirs")
    d.program["bot"] = {"importId": theirs, "modelArn": d.v2, "modelDeploymentName": "theirs"}
    d.up(fails=True)


@situation
def import_that_renames(d: Driver) -> None:
    deployed(d)
    arn = d.local.deployments()[0]["customModelDeploymentArn"]
    del d.program["bot"]
    d.program["sales"] = {"importId": arn, "modelArn": d.v1}
    d.program["tickets"] = {"modelArn": d.v1, "opts": Options(depends_on=("sales",))}
    d.fault("Create")
    d.up(fails=True)
    d.up()


@situation
def get(d: Driver) -> None:
    theirs = d.stranger("theirs")
    d.program["bot"] = {"get": theirs}
    d.up()
    d.up()
    d.refresh()
    d.program.clear()
    d.up()


# Renames


@situation
def rename_with_alias(d: Driver) -> None:
    deployed(d)
    d.program["sales"] = {**d.program.pop("bot"), "opts": Options(aliases=("bot",))}
    d.up()


@situation
def rename_with_alias_and_change(d: Driver) -> None:
    deployed(d)
    d.program["sales"] = {**d.program.pop("bot"), "modelArn": d.v2, "opts": Options(aliases=("bot",))}
    d.up()


@situation
def rename_without_alias(d: Driver) -> None:
    deployed(d)
    d.program["sales"] = d.program.pop("bot")
    d.up()


@situation
def rename_in_state(d: Driver) -> None:
    deployed(d)
    d.rename("bot", "sales")
    d.program["sales"] = d.program.pop("bot")
    d.up()


@situation
def move_to_other_stack(d: Driver) -> None:
    two_deployed(d)
    d.move("bot")
    del d.program["sales"]
    d.up()


# Pending deletes and twins


@situation
def pending_delete(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.program["sales"]["modelArn"] = d.v2
    d.up()


@situation
def pending_delete_that_fails_again(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.program["sales"] = {"modelArn": d.v1}
    d.fault("Delete")
    d.up(fails=True)
    d.up()


@situation
def pending_delete_with_another_replacement(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.program["bot"]["modelArn"] = d.v1
    d.up()


@situation
def pending_delete_and_failing_create(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.program["bot"]["modelArn"] = d.v1
    d.fault("Create")
    d.up(fails=True)
    d.up()


@situation
def pending_delete_and_failing_create_with_continue_on_error(d: Driver) -> None:
    deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.program["bot"]["modelArn"] = d.v1
    d.fault("Create")
    d.up(fails=True, continue_on_error=True)
    d.up()


@situation
def pending_delete_then_destroy(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.destroy()


@situation
def pending_delete_of_removed_resource(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Delete")
    d.up(fails=True)
    d.program.clear()
    d.up()


@situation
def twin(d: Driver) -> None:
    deployed(d)
    d.twin("bot")
    d.up()


@situation
def twin_and_failing_create_with_continue_on_error(d: Driver) -> None:
    deployed(d)
    d.twin("bot")
    d.program["bot"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True, continue_on_error=True)


# Options for deletion


@situation
def retain_on_delete(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["opts"] = d.program["sales"]["opts"] = Options(retain_on_delete=True)
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up()
    d.program.clear()
    d.up()


@situation
def protected_and_removed(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["opts"] = Options(protect=True)
    d.up()
    d.program.clear()
    d.up(fails=True)


@situation
def protected_and_replaced(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "opts": Options(protect=True)}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    d.up(fails=True)


# Failures


@situation
def failing_sibling(d: Driver) -> None:
    deployed(d)
    removed = d.program.pop("bot")
    d.program["sales"] = {"modelArn": d.v1}
    d.program["bot"] = {**removed, "modelArn": d.v2}
    d.program["tickets"] = {"modelArn": d.v1, "opts": Options(depends_on=("sales",))}
    d.fault("Create")
    d.up(fails=True)
    d.up()


@situation
def failing_sibling_with_continue_on_error(d: Driver) -> None:
    d.program["old"] = {"modelArn": d.v1}
    d.up()
    del d.program["old"]
    d.program["bot"] = {"modelArn": d.v1}
    d.program["sales"] = {"modelArn": d.v1}
    d.program["tickets"] = {"modelArn": d.v1, "opts": Options(depends_on=("sales",))}
    d.program["waits"] = {"modelArn": d.v1, "opts": Options(depends_on=("bot",))}
    d.fault("Create")
    d.up(fails=True, continue_on_error=True)
    d.up()


@situation
def failing_replacement_with_continue_on_error(d: Driver) -> None:
    d.program["old"] = {"modelArn": d.v1}
    two_deployed(d)
    del d.program["old"]
    d.program["bot"]["modelArn"] = d.program["sales"]["modelArn"] = d.v2
    d.fault("Create")
    d.up(fails=True, continue_on_error=True)
    d.up()


@situation
def failing_dependency_with_continue_on_error(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1}
    d.program["sales"] = {"modelArn": d.v1, "description": Output("bot")}
    d.program["tickets"] = {"modelArn": d.v1}
    d.up()
    d.program["bot"]["modelArn"] = d.v2
    del d.program["tickets"]
    d.fault("Create")
    d.up(fails=True, continue_on_error=True)


@situation
def failing_delete_with_continue_on_error(d: Driver) -> None:
    two_deployed(d)
    d.program.clear()
    d.fault("Delete")
    d.up(fails=True, continue_on_error=True)
    d.up()


@situation
def error_hook(d: Driver) -> None:
    d.program["bot"] = {"modelArn": d.v1, "opts": Options(retries=1)}
    d.fault("Create")
    d.up()


# Deletion


@situation
def deletion_of_several(d: Driver) -> None:
    chain_deployed(d)
    d.program["other"] = {"modelArn": d.v1}
    d.up()
    d.program.clear()
    d.up()


@situation
def deletion_that_fails(d: Driver) -> None:
    chain_deployed(d)
    d.program.clear()
    d.fault("Delete")
    d.up(fails=True)
    d.up()


@situation
def destroy(d: Driver) -> None:
    chain_deployed(d)
    d.destroy()


@situation
def destroy_of_independent_ones(d: Driver) -> None:
    two_deployed(d)
    d.destroy()


@situation
def destroy_excluding_protected(d: Driver) -> None:
    two_deployed(d)
    d.program["bot"]["opts"] = Options(protect=True)
    d.up()
    d.destroy(exclude_protected=True)


@situation
def destroy_of_target(d: Driver) -> None:
    chain_deployed(d)
    d.destroy(target=("sales",), dependents=True)


@situation
def destroy_that_fails_with_continue_on_error(d: Driver) -> None:
    two_deployed(d)
    d.fault("Delete")
    d.destroy(fails=True, continue_on_error=True)
    d.destroy()
