"""Say what a run will do in the account, and get the consent of the person whose account it is."""

from __future__ import annotations

import os
import sys

from .account import Account, UnusableError
from .model_probes import Artifacts

__all__ = ["announce", "get_consent", "longest_hours"]


def longest_hours(account: Account, *, other_model: str | None, slow: bool, artifacts: Artifacts | None = None) -> int:
    """Return the hours that a run may take: one for each create, each update and the wait for a token."""
    of_deployments = 4 + (3 if other_model else 0) + (1 if slow else 0)
    return (of_deployments if account.model_arn else 0) + (5 if artifacts else 0)


def announce(account: Account, *, other_model: str | None, slow: bool, artifacts: Artifacts | None = None) -> str:
    """Return what a run creates, for how long, and what AWS bills."""
    where = f"{account.bedrock.meta.endpoint_url} (this machine)" if account.is_local else "AWS"
    hours = longest_hours(account, other_model=other_model, slow=slow, artifacts=artifacts)
    model = {
        "Model:      ": account.model_arn,
        "Other model:": other_model or "none, so nothing is updated in place",
    }
    made_of = {"Artifacts:  ": artifacts.s3_uri, "Role:       ": artifacts.role_arn} if artifacts else {}
    return "\n".join(
        [
            f"Account {account.number}, Region {account.region}, at {where}.",
            *(f"{name} {value}" for name, value in {**(model if account.model_arn else {}), **made_of}.items()),
            "",
            *(_DEPLOYMENTS if account.model_arn else []),
            *(_MODELS if artifacts else []),
            "It changes nothing that it did not create: "
            f"no {'other ' if artifacts else ''}custom model, no other deployment, no quota, no policy.",
            "People report 2 to 15 minutes for a deployment. A run waits up to an hour for each, and for each update,",
            f"so it takes from half an hour to {hours} hours.",
            "AWS bills the tokens of the calls. People report no charge for a deployment itself (docs/aws.md).",
            *(["Slow probes are on: the run also waits an hour for a token to expire."] if slow else []),
            *([_EXPIRY_UNKNOWN.format(hours=hours)] if account.has_unknown_expiry else []),
            "Each name is written to a ledger first. Ctrl-C at any time: what exists is deleted.",
        ]
    )


_DEPLOYMENTS = (
    "This run creates about four custom model deployments, one after the other and at most two at a time, and",
    "deletes each of them. It also makes about ten calls to the deployed model, of a few tokens each.",
)
_MODELS = (
    "This run creates two custom models of the artifacts, one after the other, and two that can't work, without",
    "artifacts and without a role. It deploys the first, and deletes each of them. AWS's notebook expects 10 minutes",
    "for a custom model; AWS bills its storage, at 1.95 USD a month (docs/aws.md).",
)
_EXPIRY_UNKNOWN = (
    "The credentials are temporary, and nothing says when they expire. Agree only if they last {hours} hours."
)


def get_consent(account: Account, *, hours: int, yes: str | None = None) -> None:
    """Return when the person agrees.

    :param hours: The hours for which the credentials must last.
    :param yes: The variable YES: the account's number; `1` is enough for a local endpoint.
    :raises UnusableError: when the person doesn't agree, or can't be asked.
    """
    left = account.seconds_left()
    if left is not None and left < hours * 3600 and not account.is_local:
        raise UnusableError(
            f"the credentials expire in {left / 60:.0f} minutes, and a run may take {hours} hours. "
            "Sign in again for a longer session."
        )
    yes = os.environ.get("YES") if yes is None else yes
    if yes:
        if yes == account.number or (yes == "1" and account.is_local):
            return
        raise UnusableError(
            f"YES={yes} does not agree to a run in this account. Set YES={account.number} if that is the account "
            "in which you want to run."
        )
    if not sys.stdin.isatty():
        raise UnusableError(f"there is no terminal to ask on. Set YES={account.number} to agree.")
    try:
        typed = input(f"\nType the account number {account.number} to agree: ").strip()
    except (EOFError, KeyboardInterrupt):  # Ctrl-D and Ctrl-C
        typed = ""
        print()  # noqa: T201  (the prompt's line ends)
    if typed != account.number:
        raise UnusableError("you did not agree. Nothing was created.")
