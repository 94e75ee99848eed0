"""The lifecycle of a deployment or a custom model: create, adopt, read, update, delete. Knows neither Pulumi nor gRPC.

Both kinds have the same lifecycle, from the same code; `RunContext.kind` says which one a run is about. So where this
package says deployment, it means a custom model too. What differs is in three places: `inputs` has the inputs of each
kind, `validation` their rules, and the subclasses of `aws.calls.Calls` what only one of them does.
"""
