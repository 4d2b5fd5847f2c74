//! boto3 in `nano run`: a program's calls go to the nano that `AWS_ENDPOINT_URL` names, signed with the user's keys.

mod serving;

use std::path::Path;
use std::process::{Command, Stdio};

use serving::Serve;

const PROGRAM: &str = r#"
import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

s3 = boto3.client("s3")
try:
    s3.create_bucket(Bucket="things")
    s3.put_object(Bucket="things", Key="a b/€.txt", Body=b"first")
    print(s3.get_object(Bucket="things", Key="a b/€.txt")["Body"].read())
    print([found["Key"] for found in s3.list_objects_v2(Bucket="things", Prefix="a b/")["Contents"]])
    print(s3.head_object(Bucket="things", Key="a b/€.txt")["ContentLength"])
    s3.delete_object(Bucket="things", Key="a b/€.txt")
    s3.get_object(Bucket="things", Key="a b/€.txt")
except ClientError as error:
    print(error.response["Error"]["Code"])
except EndpointConnectionError as error:
    print(type(error).__name__)
"#;

fn run(program: &Path, endpoint: &str, secret: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_nano"))
        .arg("run")
        .arg(program)
        .env_clear()
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "AKTEST")
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_program_reaches_the_endpoint_that_the_environment_names() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::start(&folder.path().join("edge"));
    let program = folder.path().join("program.py");
    std::fs::write(&program, PROGRAM).unwrap();
    assert_eq!(run(&program, &serve.endpoint, "hidden"), "b'first'\n['a b/€.txt']\n5\nNoSuchKey\n");
    assert_eq!(run(&program, &serve.endpoint, "wrong"), "SignatureDoesNotMatch\n");
    let endpoint = serve.endpoint.clone();
    drop(serve);
    assert_eq!(run(&program, &endpoint, "hidden"), "EndpointConnectionError\n");
}
