"""List the unfinished deployments of a stack that are in no state, and delete them if asked to.

Usually the next `pulumi up` resumes such a deployment. This tool is for a deployment that no `pulumi up` will resume:
after the interrupted run, the resource was removed from the program, or the stack was abandoned.

IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource; with `--delete` also
bedrock:DeleteCustomModelDeployment and bedrock:GetCustomModelDeployment.
"""
