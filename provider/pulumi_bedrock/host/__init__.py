"""What runs inside Pulumi's dynamic host: one provider for each resource,."""
