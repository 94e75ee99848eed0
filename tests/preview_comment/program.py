"""The program whose previews the golden files hold: a deployment and two who use its ARN, steered by configuration."""

from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

config = pulumi.Config()  # noqa: F821  (the test's harness writes the imports above this)


class Stored(ResourceProvider):
    """Keeps a value, and changes it in place, as a parameter store does."""

    serialize_as_secret_always = False

    def create(self, props):
        return CreateResult("stored", {**props, "modelArn": props["value"]})

    def diff(self, _id, olds, news):
        return DiffResult(changes=olds["value"] != news["value"])

    def update(self, _id, _olds, news):
        return UpdateResult({**news, "modelArn": news["value"]})


class Setting(Resource, module="shop", name="Setting"):
    def __init__(self, name, value):
        super().__init__(Stored(), name, {"value": value, "modelArn": None})


model = config.require("model")
if config.get_bool("train"):
    training = Setting("training", model)
    model = training.modelArn

arn = "nothing"
if config.get_bool("deploy") is not False:
    deployment = bedrock.CustomModelDeployment(  # noqa: F821
        "support-bot",
        model_arn=model,
        model_deployment_name=config.get("name"),
        description=pulumi.Output.secret("First line"),  # noqa: F821
        tags={"team": config.get("team") or "support", "cost-centre": "4711"},
    )
    arn = deployment.custom_model_deployment_arn
    bedrock.ModelInvocation("smoke-test", model_id=arn, prompt="Say hello.")  # noqa: F821
    pulumi.export("customModelDeploymentArn", arn)  # noqa: F821

Setting("endpoint", arn)
Setting("greeting", "Hello")

if config.get("adopt"):
    bedrock.CustomModelDeployment(  # noqa: F821
        "by-hand",
        model_arn=config.require("model"),
        opts=pulumi.ResourceOptions(import_=config.require("adopt")),  # noqa: F821
    )
if config.get("warning"):
    pulumi.log.warn(config.require("warning"))  # noqa: F821
