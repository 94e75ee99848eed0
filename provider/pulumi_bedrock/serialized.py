"""What a state's `__provider` holds: the way to this package's code, not the code itself.

Pulumi pickles a dynamic provider into the state of each of its resources. Pickled as usual that is bytecode: it breaks
`delete` after a Python upgrade and shows up in every diff after a change of our code. `Reference` pickles as the name
of a function in this module instead: under 100 bytes, the same for every version of ours and of Python 3.10 to 3.13.

**These names are part of the contract.** States out there hold `pulumi_bedrock.serialized` and the functions'
names; moving one without leaving the old name behind would strand every deployment made so far.
"""

from __future__ import annotations

from collections.abc import Callable

from pulumi.dynamic import ResourceProvider

__all__ = ["Reference", "deployment", "identity", "invocation", "trained_model"]


def deployment() -> ResourceProvider:
    """The host side of `CustomModelDeployment`, loaded where it runs; a user's program never loads boto3 this way."""
    from .host.deployment_provider import CustomModelDeploymentProvider

    return CustomModelDeploymentProvider()


def invocation() -> ResourceProvider:
    """The host side of `ModelInvocation`."""
    from .host.invocation_provider import ModelInvocationProvider

    return ModelInvocationProvider()


def identity() -> ResourceProvider:
    """The host side of `StackIdentity`."""
    from .host.stack_identity_provider import StackIdentityProvider

    return StackIdentityProvider()


def trained_model() -> ResourceProvider:
    """The host side of `TrainedModel`."""
    from .host.trained_model_provider import TrainedModelProvider

    return TrainedModelProvider()


class Reference(ResourceProvider):
    """Stands for a provider in the user's program, and pickles as the function that makes it.

    :param make: One of this module's functions.
    """

    # Nothing secret is in a function's name; encrypted, it would be a different text after every `up`.
    serialize_as_secret_always = False

    def __init__(self, make: Callable[[], ResourceProvider]) -> None:
        super().__init__()
        self._make = make

    def __reduce__(self) -> tuple[Callable[[], ResourceProvider], tuple[()]]:
        return self._make, ()
