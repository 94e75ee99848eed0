"""The lifecycle of a deployment: create, adopt, read, update and delete. Knows neither Pulumi nor gRPC."""
