"""A component package: Pulumi starts it as a plugin, and it declares the component's resources."""

from __future__ import annotations

from pulumi.provider.experimental import component_provider_host
from serving import Serving

if __name__ == "__main__":
    component_provider_host(name="serving", components=[Serving])
