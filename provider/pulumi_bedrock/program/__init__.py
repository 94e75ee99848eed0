"""What a Pulumi program declares: the resources, their options turned into inputs, and lookups. Loads no boto3."""
