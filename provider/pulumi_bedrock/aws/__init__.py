"""AWS, on injected boto3 clients: calls, waits, errors and constraints. Knows no Pulumi."""
