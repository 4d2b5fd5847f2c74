"""What Terraform's AWS provider asks when it applies, refreshes and destroys, in its order, done with boto3.
Usage: replay.py ENDPOINT

The provider takes some refusals for "there is none"; any other one fails the run. What it reads back must be what it wrote,
or it waits in vain or plans a change that nobody asked for.
"""

import io
import json
import sys
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
PYTHON = "python%d.%d" % sys.version_info[:2]
BUCKET, FUNCTION = "terraformed", "lights"


def client(service):
    return boto3.client(
        service, endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}))


S3, LAMBDA, LOGS = client("s3"), client("lambda"), client("logs")


def none(code, call, **arguments):
    """The answer that the provider takes for "none"."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError("not refused: %s" % answer)


def equal(left, right):
    assert left == right, "%r is not %r" % (left, right)


def package(text):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", text)
    return archive.getvalue()


# ---- the provider itself ----

client("sts").get_caller_identity()

# ---- aws_iam_role, aws_iam_role_policy_attachment, and what is refused by name ----

IAM = client("iam")
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
none("NoSuchEntity", IAM.get_role, RoleName="lights")
made = IAM.create_role(RoleName="lights", AssumeRolePolicyDocument=json.dumps(TRUST), Path="/service/", Description="a & b",
                       MaxSessionDuration=7200, Tags=[{"Key": "team", "Value": "<lights>"}])["Role"]
ROLE = made["Arn"]
equal((ROLE, made["RoleId"][:4]), ("arn:aws:iam::000000000000:role/service/lights", "AROA"))
none("EntityAlreadyExists", IAM.create_role, RoleName="lights", AssumeRolePolicyDocument=json.dumps(TRUST))
none("MalformedPolicyDocument", IAM.create_role, RoleName="other", AssumeRolePolicyDocument="{")
none("ValidationError", IAM.create_role, RoleName="a/b", AssumeRolePolicyDocument=json.dumps(TRUST))
got = IAM.get_role(RoleName="lights")["Role"]
equal(got, made)
equal((got["AssumeRolePolicyDocument"], got["Description"], got["MaxSessionDuration"]), (TRUST, "a & b", 7200))
equal(got["Tags"], [{"Key": "team", "Value": "<lights>"}])
equal(IAM.list_role_policies(RoleName="lights")["PolicyNames"], [])
equal(IAM.list_attached_role_policies(RoleName="lights")["AttachedPolicies"], [])
IAM.attach_role_policy(RoleName="lights", PolicyArn=BASIC)
equal(IAM.list_attached_role_policies(RoleName="lights")["AttachedPolicies"],
      [{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC}])
none("NotImplemented", IAM.attach_role_policy, RoleName="lights", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
none("NotImplemented", IAM.put_role_policy, RoleName="lights", PolicyName="p", PolicyDocument=json.dumps(TRUST))
none("NoSuchEntity", IAM.get_role_policy, RoleName="lights", PolicyName="p")
IAM.update_role(RoleName="lights", Description="", MaxSessionDuration=3600)
IAM.update_assume_role_policy(RoleName="lights", PolicyDocument=json.dumps({**TRUST, "Id": "new"}))
IAM.untag_role(RoleName="lights", TagKeys=["team"])
IAM.tag_role(RoleName="lights", Tags=[{"Key": "k", "Value": ""}])
equal(IAM.list_role_tags(RoleName="lights")["Tags"], [{"Key": "k", "Value": ""}])
got = IAM.get_role(RoleName="lights")["Role"]
equal((got["AssumeRolePolicyDocument"]["Id"], got.get("Description"), got["MaxSessionDuration"]), ("new", None, 3600))
IAM.create_role(RoleName="another", AssumeRolePolicyDocument=json.dumps(TRUST))
pages = IAM.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
equal([role["RoleName"] for page in pages for role in page["Roles"]], ["another", "lights"])
equal([role["RoleName"] for role in IAM.list_roles(PathPrefix="/service/")["Roles"]], ["lights"])
IAM.delete_role(RoleName="another")
none("NotImplemented", IAM.create_user, UserName="u")

# ---- aws_s3_bucket ----

def bucket_refreshed(tags):
    S3.head_bucket(Bucket=BUCKET)
    none("NoSuchBucketPolicy", S3.get_bucket_policy, Bucket=BUCKET)
    grants = S3.get_bucket_acl(Bucket=BUCKET)["Grants"]
    equal([(grant["Grantee"]["Type"], grant["Permission"]) for grant in grants], [("CanonicalUser", "FULL_CONTROL")])
    none("NoSuchCORSConfiguration", S3.get_bucket_cors, Bucket=BUCKET)
    none("NoSuchWebsiteConfiguration", S3.get_bucket_website, Bucket=BUCKET)
    assert "Status" not in S3.get_bucket_accelerate_configuration(Bucket=BUCKET)
    equal(S3.get_bucket_request_payment(Bucket=BUCKET)["Payer"], "BucketOwner")
    assert "LoggingEnabled" not in S3.get_bucket_logging(Bucket=BUCKET)
    none("ReplicationConfigurationNotFoundError", S3.get_bucket_replication, Bucket=BUCKET)
    none("ObjectLockConfigurationNotFoundError", S3.get_object_lock_configuration, Bucket=BUCKET)
    assert S3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None
    equal(S3.head_bucket(Bucket=BUCKET)["BucketRegion"], "us-east-1")
    if tags:
        equal(S3.get_bucket_tagging(Bucket=BUCKET)["TagSet"], [{"Key": k, "Value": v} for k, v in tags.items()])
    else:
        none("NoSuchTagSet", S3.get_bucket_tagging, Bucket=BUCKET)


none("404", S3.head_bucket, Bucket=BUCKET)
S3.create_bucket(Bucket=BUCKET)
bucket_refreshed({})
none("NoSuchLifecycleConfiguration", S3.get_bucket_lifecycle_configuration, Bucket=BUCKET)
assert "Status" not in S3.get_bucket_versioning(Bucket=BUCKET)
message = none("ServerSideEncryptionConfigurationNotFoundError", S3.get_bucket_encryption, Bucket=BUCKET)
assert "encryption configuration was not found" in message, message
none("NoSuchTagSet", S3.get_bucket_tagging, Bucket=BUCKET)
S3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "team", "Value": "lights"}]})
bucket_refreshed({"team": "lights"})
S3.delete_bucket_tagging(Bucket=BUCKET)
bucket_refreshed({})

# ---- aws_s3_bucket_versioning, _ownership_controls, _public_access_block, _server_side_encryption_configuration ----

S3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
equal(S3.get_bucket_versioning(Bucket=BUCKET)["Status"], "Enabled")
controls = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
none("OwnershipControlsNotFoundError", S3.get_bucket_ownership_controls, Bucket=BUCKET)
S3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls=controls)
equal(S3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"], controls)
block = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": False}
none("NoSuchPublicAccessBlockConfiguration", S3.get_public_access_block, Bucket=BUCKET)
S3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)
equal(S3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"], block)
rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
S3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": rules})
equal(S3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"], rules)

# ---- aws_s3_bucket_lifecycle_configuration: it asks until it reads what it wrote ----

rules = [
    {"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}},
    {"ID": "empty", "Status": "Disabled", "Filter": {}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
    {"ID": "both", "Status": "Enabled", "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
     "NoncurrentVersionExpiration": {"NoncurrentDays": 9, "NewerNoncurrentVersions": 2}},
    {"ID": "size", "Status": "Enabled", "Filter": {"ObjectSizeGreaterThan": 500}, "Expiration": {"Days": 3}},
    {"ID": "class", "Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": ""}},
     "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]},
]
for minimum in ("all_storage_classes_128K", "varies_by_storage_class"):
    put = S3.put_bucket_lifecycle_configuration(
        Bucket=BUCKET, LifecycleConfiguration={"Rules": rules}, TransitionDefaultMinimumObjectSize=minimum)
    equal(put["TransitionDefaultMinimumObjectSize"], minimum)
    got = S3.get_bucket_lifecycle_configuration(Bucket=BUCKET)
    equal((got["TransitionDefaultMinimumObjectSize"], got["Rules"]), (minimum, rules))
S3.delete_bucket_lifecycle(Bucket=BUCKET)
none("NoSuchLifecycleConfiguration", S3.get_bucket_lifecycle_configuration, Bucket=BUCKET)

# ---- aws_s3_object ----

code = package("def handler(event, context):\n    return event\n")
S3.put_object(Bucket=BUCKET, Key="app.zip", Body=code, ContentType="application/zip", Tagging="a=1&b=")
head = S3.head_object(Bucket=BUCKET, Key="app.zip")
equal((head["ContentType"], head["ServerSideEncryption"]), ("application/zip", "AES256"))
assert "StorageClass" not in head and head["VersionId"], head
equal(S3.get_object_tagging(Bucket=BUCKET, Key="app.zip")["TagSet"], [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
S3.delete_object_tagging(Bucket=BUCKET, Key="app.zip")
equal(S3.get_object_tagging(Bucket=BUCKET, Key="app.zip")["TagSet"], [])

# ---- aws_cloudwatch_log_group ----

GROUP = "/aws/lambda/" + FUNCTION
LOGS.create_log_group(logGroupName=GROUP, tags={"team": "lights"}, logGroupClass="STANDARD")
LOGS.put_retention_policy(logGroupName=GROUP, retentionInDays=14)
[group] = [g for g in LOGS.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"] if g["logGroupName"] == GROUP]
equal((group["retentionInDays"], group["logGroupClass"]), (14, "STANDARD"))
equal(LOGS.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"], {"team": "lights"})

# ---- aws_lambda_function ----


def function_refreshed(**expected):
    found = LAMBDA.get_function(FunctionName=FUNCTION)
    configuration = found["Configuration"]
    equal(found.get("Concurrency", {}).get("ReservedConcurrentExecutions", -1), expected.pop("reserved"))
    equal(found.get("Tags", {}), expected.pop("tags"))
    equal({name: configuration.get(name) for name in expected}, expected)
    equal((configuration["State"], configuration["LastUpdateStatus"]), ("Active", "Successful"))
    equal((configuration["PackageType"], configuration["TracingConfig"]), ("Zip", {"Mode": "PassThrough"}))
    equal(configuration["SnapStart"], {"ApplyOn": "None", "OptimizationStatus": "Off"})
    equal(configuration["EphemeralStorage"], {"Size": 512})
    equal(configuration["LoggingConfig"], {"LogFormat": "Text", "LogGroup": GROUP})
    pages = LAMBDA.get_paginator("list_versions_by_function").paginate(
        FunctionName=FUNCTION, PaginationConfig={"PageSize": 10_000})
    latest = [version for page in pages for version in page["Versions"]][-1]
    none_signed = LAMBDA.get_function_code_signing_config(FunctionName=FUNCTION)
    assert "CodeSigningConfigArn" not in none_signed, none_signed
    return latest


none("ResourceNotFoundException", LAMBDA.get_function, FunctionName=FUNCTION)
LAMBDA.create_function(
    FunctionName=FUNCTION, Role=ROLE, Handler="app.handler", Runtime=PYTHON, MemorySize=128,
    Timeout=3, Description="", PackageType="Zip", Architectures=["x86_64"], Publish=True, Tags={"team": "lights"},
    Environment={"Variables": {"LEVEL": "1"}}, Code={"S3Bucket": BUCKET, "S3Key": "app.zip"})
LAMBDA.put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=5)
shared = dict(MemorySize=128, Timeout=3, Description="", Handler="app.handler", Runtime=PYTHON)
latest = function_refreshed(reserved=5, tags={"team": "lights"}, Environment={"Variables": {"LEVEL": "1"}}, **shared)
equal((latest["Version"], latest["FunctionArn"].rsplit(":", 1)[1]), ("1", "1"))
# Another environment, and none; another code; nothing reserved; other tags.
LAMBDA.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": {}}, DeadLetterConfig={"TargetArn": ""},
                                     VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}, KMSKeyArn="", Layers=[])
LAMBDA.update_function_code(FunctionName=FUNCTION, ZipFile=package("def handler(event, context):\n    return 2\n"),
                            Architectures=["x86_64"])
LAMBDA.delete_function_concurrency(FunctionName=FUNCTION)
LAMBDA.publish_version(FunctionName=FUNCTION)
LAMBDA.get_function_configuration(FunctionName=FUNCTION, Qualifier="2")
arn = LAMBDA.get_function(FunctionName=FUNCTION)["Configuration"]["FunctionArn"]
LAMBDA.untag_resource(Resource=arn, TagKeys=["team"])
latest = function_refreshed(reserved=-1, tags={}, Environment=None, **shared)
equal(latest["Version"], "2")
equal(LAMBDA.list_tags(Resource=arn)["Tags"], {})

# ---- aws_lambda_alias ----

none("ResourceNotFoundException", LAMBDA.get_alias, FunctionName=FUNCTION, Name="live")
LAMBDA.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="2", Description="",
                    RoutingConfig={"AdditionalVersionWeights": {"1": 0.25}})
alias = LAMBDA.get_alias(FunctionName=FUNCTION, Name="live")
equal((alias["FunctionVersion"], alias["RoutingConfig"]), ("2", {"AdditionalVersionWeights": {"1": 0.25}}))
LAMBDA.update_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="1", Description="d", RoutingConfig={})
alias = LAMBDA.get_alias(FunctionName=FUNCTION, Name="live")
equal((alias["FunctionVersion"], alias["Description"], alias.get("RoutingConfig")), ("1", "d", None))
equal(alias["AliasArn"], arn + ":live")

# ---- aws_lambda_permission ----


def statement(id, **more):
    try:
        policy = json.loads(LAMBDA.get_policy(FunctionName=FUNCTION, **more)["Policy"])
    except LAMBDA.exceptions.ResourceNotFoundException:
        return None
    return next((statement for statement in policy["Statement"] if statement["Sid"] == id), None)


equal(statement("s3"), None)
LAMBDA.add_permission(FunctionName=FUNCTION, StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
                      SourceArn="arn:aws:s3:::" + BUCKET, SourceAccount="000000000000")
equal(statement("s3"), {
    "Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction",
    "Resource": arn, "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::" + BUCKET},
                                   "StringEquals": {"AWS:SourceAccount": "000000000000"}}})
LAMBDA.add_permission(FunctionName=FUNCTION, StatementId="live", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
                      Qualifier="live")
equal(statement("live", Qualifier="live")["Resource"], arn + ":live")
equal(statement("live"), None)

# ---- aws_s3_bucket_notification ----

configuration = [{"Id": "tf-1", "LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"],
                  "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "in/"}]}}}]
S3.put_bucket_notification_configuration(
    Bucket=BUCKET, NotificationConfiguration={"LambdaFunctionConfigurations": configuration})
got = S3.get_bucket_notification_configuration(Bucket=BUCKET)
equal(got["LambdaFunctionConfigurations"], configuration)
S3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})
assert "LambdaFunctionConfigurations" not in S3.get_bucket_notification_configuration(Bucket=BUCKET)

# ---- aws_lambda_function_url ----

none("ResourceNotFoundException", LAMBDA.get_function_url_config, FunctionName=FUNCTION)
cors = {"AllowCredentials": True, "AllowHeaders": ["date"], "AllowMethods": ["*"], "AllowOrigins": ["*"],
        "ExposeHeaders": ["date"], "MaxAge": 86400}
LAMBDA.create_function_url_config(FunctionName=FUNCTION, AuthType="NONE", Cors=cors, InvokeMode="BUFFERED")
LAMBDA.add_permission(FunctionName=FUNCTION, StatementId="FunctionURLAllowPublicAccess", Action="lambda:InvokeFunctionUrl",
                      Principal="*", FunctionUrlAuthType="NONE")
LAMBDA.add_permission(FunctionName=FUNCTION, StatementId="FunctionURLAllowInvokeAction", Action="lambda:InvokeFunction",
                      Principal="*", InvokedViaFunctionUrl=True)
equal(statement("FunctionURLAllowPublicAccess")["Condition"], {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})
equal(statement("FunctionURLAllowInvokeAction")["Condition"], {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})
got = LAMBDA.get_function_url_config(FunctionName=FUNCTION)
equal((got["AuthType"], got["Cors"], got["InvokeMode"], got["FunctionArn"]), ("NONE", cors, "BUFFERED", arn))
LAMBDA.update_function_url_config(FunctionName=FUNCTION, AuthType="AWS_IAM", Cors={"AllowCredentials": False})
equal(LAMBDA.get_function_url_config(FunctionName=FUNCTION)["Cors"], {"AllowCredentials": False})

# ---- aws_lambda_function_event_invoke_config, _runtime_management_config, _function_recursion_config ----

none("ResourceNotFoundException", LAMBDA.get_function_event_invoke_config, FunctionName=FUNCTION)
LAMBDA.put_function_event_invoke_config(FunctionName=FUNCTION, MaximumEventAgeInSeconds=60, MaximumRetryAttempts=0)
got = LAMBDA.get_function_event_invoke_config(FunctionName=FUNCTION)
equal((got["MaximumEventAgeInSeconds"], got["MaximumRetryAttempts"]), (60, 0))
LAMBDA.delete_function_event_invoke_config(FunctionName=FUNCTION)
equal(LAMBDA.get_runtime_management_config(FunctionName=FUNCTION)["UpdateRuntimeOn"], "Auto")
equal(LAMBDA.get_function_recursion_config(FunctionName=FUNCTION)["RecursiveLoop"], "Terminate")
none("ProvisionedConcurrencyConfigNotFoundException", LAMBDA.get_provisioned_concurrency_config, FunctionName=FUNCTION,
     Qualifier="live")

# ---- aws_lambda_layer_version ----

layer = LAMBDA.publish_layer_version(LayerName="rules", Content={"ZipFile": code}, CompatibleRuntimes=[PYTHON])
got = LAMBDA.get_layer_version(LayerName="rules", VersionNumber=layer["Version"])
equal((got["LayerArn"], got["Content"]["CodeSha256"]), (layer["LayerArn"], layer["Content"]["CodeSha256"]))
LAMBDA.delete_layer_version(LayerName="rules", VersionNumber=layer["Version"])
none("ResourceNotFoundException", LAMBDA.get_layer_version, LayerName="rules", VersionNumber=layer["Version"])

# ---- destroy, in the order of what depends on what ----

LAMBDA.delete_function_url_config(FunctionName=FUNCTION)
none("ResourceNotFoundException", LAMBDA.delete_function_url_config, FunctionName=FUNCTION)
for id, more in (("s3", {}), ("live", {"Qualifier": "live"}), ("FunctionURLAllowPublicAccess", {}),
                 ("FunctionURLAllowInvokeAction", {})):
    LAMBDA.remove_permission(FunctionName=FUNCTION, StatementId=id, **more)
    equal(statement(id, **more), None)
LAMBDA.delete_alias(FunctionName=FUNCTION, Name="live")
none("ResourceNotFoundException", LAMBDA.get_alias, FunctionName=FUNCTION, Name="live")
LAMBDA.delete_function(FunctionName=FUNCTION)
none("ResourceNotFoundException", LAMBDA.get_function, FunctionName=FUNCTION)
none("ResourceNotFoundException", LAMBDA.delete_function, FunctionName=FUNCTION)
LOGS.delete_log_group(logGroupName=GROUP)
equal(LOGS.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"], [])
none("ResourceNotFoundException", LOGS.delete_log_group, logGroupName=GROUP)
versions = S3.list_object_versions(Bucket=BUCKET, Prefix="app.zip")["Versions"]
for version in versions:
    S3.delete_object(Bucket=BUCKET, Key="app.zip", VersionId=version["VersionId"])
S3.delete_public_access_block(Bucket=BUCKET)
S3.delete_bucket_ownership_controls(Bucket=BUCKET)
S3.delete_bucket_encryption(Bucket=BUCKET)
S3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
S3.delete_bucket(Bucket=BUCKET)
none("404", S3.head_bucket, Bucket=BUCKET)
none("NoSuchBucket", S3.delete_bucket, Bucket=BUCKET)
equal(IAM.list_instance_profiles_for_role(RoleName="lights")["InstanceProfiles"], [])
none("DeleteConflict", IAM.delete_role, RoleName="lights")
IAM.detach_role_policy(RoleName="lights", PolicyArn=BASIC)
none("NoSuchEntity", IAM.detach_role_policy, RoleName="lights", PolicyArn=BASIC)
IAM.delete_role(RoleName="lights")
none("NoSuchEntity", IAM.get_role, RoleName="lights")
none("NoSuchEntity", IAM.delete_role, RoleName="lights")
