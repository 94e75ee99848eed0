"""Lists the deployments that a stack began, did not finish, and has in no state; and deletes them when asked to.

The next `pulumi up` takes such a deployment up by itself. This is for the stack for which there won't be one: the
resource was taken out of the program, or the whole stack given up, after a run was cut off.

IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource; with `--delete` also
bedrock:DeleteCustomModelDeployment and bedrock:GetCustomModelDeployment.
"""
