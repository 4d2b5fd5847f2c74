"""Operations of Lambda, written as those of S3. Place `c`: the status."""

from botocore._client import Operation

Invoke = Operation(
    "Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations",
    (
        "FunctionName!:u::s InvocationType:h:X-Amz-Invocation-Type:s LogType:h:X-Amz-Log-Type:s "
        "ClientContext:h:X-Amz-Client-Context:s DurableExecutionName:h:X-Amz-Durable-Execution-Name:s Payload:b::B "
        "Qualifier:q::s TenantId:h:X-Amz-Tenant-Id:s"
    ),
    (
        "StatusCode:c::i FunctionError:h:X-Amz-Function-Error:s LogResult:h:X-Amz-Log-Result:s Payload:b::B "
        "ExecutedVersion:h:X-Amz-Executed-Version:s DurableExecutionArn:h:X-Amz-Durable-Execution-Arn:s"
    ),
)

ListFunctions = Operation(
    "ListFunctions", "GET", "/2015-03-31/functions",
    "MasterRegion:q::s FunctionVersion:q::s Marker:q::s MaxItems:q::i",
    "NextMarker:b::s Functions:b::L",
)

GetFunctionConfiguration = Operation(
    "GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration",
    "FunctionName!:u::s Qualifier:q::s",
    (
        "FunctionName:b::s FunctionArn:b::s Runtime:b::s Role:b::s Handler:b::s CodeSize:b::l Description:b::s "
        "Timeout:b::i MemorySize:b::i LastModified:b::s CodeSha256:b::s Version:b::s VpcConfig:b::S "
        "DeadLetterConfig:b::S Environment:b::S KMSKeyArn:b::s TracingConfig:b::S MasterArn:b::s RevisionId:b::s "
        "Layers:b::L State:b::s StateReason:b::s StateReasonCode:b::s LastUpdateStatus:b::s "
        "LastUpdateStatusReason:b::s LastUpdateStatusReasonCode:b::s FileSystemConfigs:b::L "
        "SigningProfileVersionArn:b::s SigningJobArn:b::s PackageType:b::s ImageConfigResponse:b::S "
        "Architectures:b::L EphemeralStorage:b::S SnapStart:b::S RuntimeVersionConfig:b::S LoggingConfig:b::S "
        "TenancyConfig:b::S CapacityProviderConfig:b::S ConfigSha256:b::s DurableConfig:b::S RuntimeConfig:b::S "
        "AcceleratorConfig:b::S"
    ),
)
