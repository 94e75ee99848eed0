"""The functions that `__provider` in a state names, instead of holding pickled code.

Pulumi pickles a dynamic provider into the state of each of its resources. By default that is bytecode, which breaks
`delete` after a Python upgrade and shows up in every diff after a change of our code. `Reference` pickles as the name
of a function: under 100 bytes, the same for every version of this package and for Python 3.10 to 3.13.

**These names are a contract.** Existing states hold `pulumi_bedrock.serialized` and the names of its functions. A
function that moves must leave its old name here; otherwise no existing deployment can be updated or deleted.
"""

from __future__ import annotations

from collections.abc import Callable

from pulumi.dynamic import ResourceProvider

__all__ = ["Reference", "custom_model", "deployment", "identity", "invocation", "trained_model"]


def deployment() -> ResourceProvider:
    """Return the host side of `CustomModelDeployment`. Imported here, so that a user's program doesn't load boto3."""
    from .host.deployment_provider import DeploymentProvider

    return DeploymentProvider()


def custom_model() -> ResourceProvider:
    """Return the host side of `CustomModel`."""
    from .host.custom_model_provider import CustomModelProvider

    return CustomModelProvider()


def invocation() -> ResourceProvider:
    """Return the host side of `ModelInvocation`."""
    from .host.invocation_provider import InvocationProvider

    return InvocationProvider()


def identity() -> ResourceProvider:
    """Return the host side of `StackIdentity`."""
    from .host.stack_identity_provider import StackIdentityProvider

    return StackIdentityProvider()


def trained_model() -> ResourceProvider:
    """Return the host side of `TrainedModel`."""
    from .host.trained_model_provider import TrainedModelProvider

    return TrainedModelProvider()


class Reference(ResourceProvider):
    """Stands for a provider in the user's program, and pickles as the function that returns it.

    :param make: One of this module's functions.
    """

    # A function's name isn't secret; encrypted, its text would change in every `up`.
    serialize_as_secret_always = False

    def __init__(self, make: Callable[[], ResourceProvider]) -> None:
        super().__init__()
        self._make = make

    def __reduce__(self) -> tuple[Callable[[], ResourceProvider], tuple[()]]:
        return self._make, ()
