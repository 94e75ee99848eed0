"""The program side: resource classes, their options turned into inputs, and lookups. Importing it loads no boto3."""
