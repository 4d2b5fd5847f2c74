# What a project on AWS has, for Terraform's own provider: a bucket that tells a function, with what belongs to both.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" {}
variable "package" {}
variable "python" {}
variable "greeting" { default = "hello" }

provider "aws" {
  region                  = "us-east-1"
  access_key              = "test"
  secret_key              = "test"
  s3_use_path_style       = true
  skip_metadata_api_check = true
  endpoints {
    iam    = var.endpoint
    lambda = var.endpoint
    logs   = var.endpoint
    s3     = var.endpoint
    sts    = var.endpoint
  }
}

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "samples" {
  bucket        = "samples"
  force_destroy = true
  tags          = { stage = "test" }
}

resource "aws_s3_bucket_versioning" "samples" {
  bucket = aws_s3_bucket.samples.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_cors_configuration" "samples" {
  bucket = aws_s3_bucket.samples.id
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://example.com"]
  }
}

resource "aws_s3_bucket_policy" "samples" {
  bucket = aws_s3_bucket.samples.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.samples.arn}/public/*"
    }]
  })
}

resource "aws_s3_object" "limits" {
  bucket       = aws_s3_bucket_versioning.samples.id
  key          = "public/limits.json"
  content      = jsonencode({ greeting = var.greeting })
  content_type = "application/json"
}

resource "aws_iam_role" "lights" {
  name = "lights"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_lambda_function" "lights" {
  function_name    = "lights"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = "app.handler"
  runtime          = var.python
  role             = aws_iam_role.lights.arn
  publish          = true
  environment {
    variables = { GREETING = var.greeting }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.lights.function_name
  function_version = aws_lambda_function.lights.version
}

resource "aws_lambda_function_event_invoke_config" "lights" {
  function_name          = aws_lambda_function.lights.function_name
  maximum_retry_attempts = 1
}

resource "aws_lambda_permission" "samples" {
  statement_id  = "samples"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.lights.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.samples.arn
}

resource "aws_lambda_function_url" "lights" {
  function_name      = aws_lambda_function.lights.function_name
  authorization_type = "NONE"
}

resource "aws_s3_bucket_notification" "samples" {
  bucket = aws_s3_bucket.samples.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.lights.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "raw/"
  }
  depends_on = [aws_lambda_permission.samples]
}

resource "aws_cloudwatch_log_group" "lights" {
  name              = "/aws/lambda/lights"
  retention_in_days = 7
}

output "who" {
  value = data.aws_caller_identity.me.arn
}

output "url" {
  value = aws_lambda_function_url.lights.function_url
}
