"""The lifecycle of a deployment: create, adopt, read and delete. Knows neither Pulumi nor gRPC."""
