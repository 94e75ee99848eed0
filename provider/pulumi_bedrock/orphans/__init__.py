"""List what a stack left unfinished and that is in no state, and delete it if asked to.

Usually the next `pulumi up` resumes such a deployment or custom model. This tool is for one that no `pulumi up` will
resume: after the interrupted run, the resource was removed from the program, or the stack was abandoned.

IAM: bedrock:ListCustomModelDeployments, bedrock:ListCustomModels, bedrock:ListTagsForResource; with `--delete` also
bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModelDeployment, bedrock:DeleteCustomModel and
bedrock:GetCustomModel.
"""
