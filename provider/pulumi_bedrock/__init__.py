"""Pulumi resources for Amazon Bedrock custom model deployments."""
