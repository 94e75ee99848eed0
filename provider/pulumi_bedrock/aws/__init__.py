"""The AWS side, on injected boto3 clients: calls, waits, errors and constraints. Knows no Pulumi."""
