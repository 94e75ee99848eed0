"""The providers that Pulumi's dynamic host runs, one for each resource type."""
