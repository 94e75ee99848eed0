"""The program of the golden files with a custom model: its deployment follows it, and a smoke test follows that."""

config = pulumi.Config()  # noqa: F821  (the test's harness writes the imports above this)
ROLE = "arn:aws:iam::123456789012:role/import"

if not config.get("out"):
    model = bedrock.CustomModel(  # noqa: F821
        "support-bot",
        role_arn=ROLE,
        s3_uri=f"s3://customer-escrow/job-{config.require('job')}/",
        model_name=config.get("name"),
        tags={"team": config.get("team") or "support"},
        update_in_place=True,
    )
    deployment = bedrock.CustomModelDeployment(  # noqa: F821
        "support-bot", model_arn=model.model_arn, update_in_place=config.get_bool("inPlace") or False
    )
    bedrock.ModelInvocation(  # noqa: F821
        "smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Say hello."
    )
    pulumi.export("modelArn", model.model_arn)  # noqa: F821

if config.get("adopt"):
    bedrock.CustomModel(  # noqa: F821
        "by-hand",
        role_arn=ROLE,
        s3_uri="s3://customer-escrow/by-hand/",
        opts=pulumi.ResourceOptions(import_=config.require("adopt")),  # noqa: F821
    )
