"""The life of a deployment: create, adopt, read, update and delete. Knows neither Pulumi nor gRPC."""
