"""Say what a run will do in the account, and get the consent of the person whose account it is."""

from __future__ import annotations

import os
import sys

from .account import Account, UnusableError

__all__ = ["LONGEST", "announce", "get_consent"]

LONGEST = 6 * 3600.0
"""Seconds that a run may take: six deployments one after the other, each up to an hour."""


def announce(account: Account, *, other_model: str | None, slow: bool) -> str:
    """Return what a run creates, for how long, and what AWS bills."""
    where = f"{account.bedrock.meta.endpoint_url} (this machine)" if account.is_local else "AWS"
    return "\n".join(
        [
            f"Account {account.number}, Region {account.region}, at {where}.",
            f"Model:       {account.model_arn}",
            f"Other model: {other_model or 'none, so nothing is updated in place'}",
            "",
            "This run creates about six custom model deployments, one after the other and at most two at a time, and",
            "deletes each of them. It also makes about ten calls to the deployed model, of a few tokens each.",
            "It changes nothing that it did not create: no custom model, no other deployment, no quota, no policy.",
            "Deployments take from seconds to an hour each, so a run takes from minutes to six hours.",
            "AWS bills the tokens of the calls, and whatever its price list says of custom model deployments.",
            *(["Slow probes are on: the run also waits an hour for a token to expire."] if slow else []),
            "Each deployment is written to a ledger first. Ctrl-C at any time: what exists is deleted.",
        ]
    )


def get_consent(account: Account, yes: str | None = None) -> None:
    """Return when the person agrees.

    :param yes: The variable YES: the account's number; `1` is enough for a local endpoint.
    :raises UnusableError: when the person doesn't agree, or can't be asked.
    """
    left = account.seconds_left()
    if left is not None and left < LONGEST and not account.is_local:
        raise UnusableError(
            f"the credentials expire in {left / 60:.0f} minutes, and a run may take {LONGEST / 3600:.0f} hours. "
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
    if input(f"\nType the account number {account.number} to agree: ").strip() != account.number:
        raise UnusableError("you did not agree. Nothing was created.")
