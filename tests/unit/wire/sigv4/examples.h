#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ecsmi::wire::testing {

// Requests signed on 2015-08-30T12:36:00Z with AKIDEXAMPLE and the secret of AWS's examples. The first is AWS's
// published one ("Signature Version 4", ListUsers); the others were signed by botocore 1.43.11.
struct SignedExample {
  const char* name;
  const char* method;
  const char* target;
  std::vector<std::pair<std::string, std::string>> headers;
  const char* body;
  const char* security_token;
};

// clang-format off
inline const SignedExample kSignedExamples[] = {
    {"AWS's ListUsers", "GET", "/?Action=ListUsers&Version=2010-05-08",
     {{"host", "iam.amazonaws.com"}, {"content-type", "application/x-www-form-urlencoded; charset=utf-8"}, {"x-amz-date", "20150830T123600Z"}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"}},
     "", ""},
    {"RunTask as SDKs send it", "POST", "/",
     {{"host", "127.0.0.1:4566"}, {"content-type", "application/x-amz-json-1.1"}, {"x-amz-target", "AmazonEC2ContainerServiceV20141113.RunTask"}, {"x-amz-date", "20150830T123600Z"}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=c594edcb8d351ff3d76d394d9da6ef4f57caf5ff4d02a0694cb2502eac0033a7"}},
     "{\"taskDefinition\":\"web\"}", ""},
    {"temporary credentials", "POST", "/",
     {{"host", "localhost:4566"}, {"content-type", "application/x-amz-json-1.0"}, {"x-amz-target", "AmazonSQS.ListQueues"}, {"x-amz-date", "20150830T123600Z"}, {"x-amz-security-token", "FwoGZXIvYXdzEXAMPLE//token+="}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sqs/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=7e317f559e119fe289f1cce1d0cf977d38f635c11b6b8d23a3e842e4889e33e5"}},
     "{}", "FwoGZXIvYXdzEXAMPLE//token+="},
    {"a path with escapes", "GET", "/a%20b/%E1%88%B4/c~d?x=1",
     {{"host", "localhost:4566"}, {"x-amz-date", "20150830T123600Z"}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request, SignedHeaders=host;x-amz-date, Signature=6bef909f90c16d19fb379626c505453018f9e0510e5d56be480bbec10f6d577e"}},
     "", ""},
    {"dots and doubled slashes", "GET", "//a/./b/../c//d/",
     {{"host", "localhost:4566"}, {"x-amz-date", "20150830T123600Z"}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request, SignedHeaders=host;x-amz-date, Signature=9c136c2604b05b189032b2b2e2060dd2ef4d3426370247efbd052758da0c8833"}},
     "", ""},
    {"a query to sort", "GET", "/?b=2&a=3&a=1&B=x%20y&empty=&flag=",
     {{"host", "localhost:4566"}, {"x-amz-date", "20150830T123600Z"}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/monitoring/aws4_request, SignedHeaders=host;x-amz-date, Signature=eb17f688241c851c7c6f310bcc3fe82fca2ac7c7e537e9b0b357376238297c86"}},
     "", ""},
    {"blanks in headers", "POST", "/",
     {{"host", "localhost:4566"}, {"my-header", "  a   b  	 c "}, {"x-amz-date", "20150830T123600Z"}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request, SignedHeaders=host;my-header;x-amz-date, Signature=96688530d3b64508404b9a2223e2582e7d2acb4028bc9b66a7b0b9cc1bd49d5a"}},
     "x", ""},
    {"presigned", "GET", "/?Action=ListQueues&Version=2012-11-05&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsqs%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=4dcd447f05641ed5bdc13455c80dd5541fd28edb80fd6530aaef4815d87f5735",
     {{"host", "localhost:4566"}},
     "", ""},
    {"presigned with temporary credentials", "GET", "/123456789012/orders?Action=ReceiveMessage&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsqs%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE%2F%2Ftoken%2B%3D&X-Amz-Signature=a5756cccca4bd993420abbc4f654cc95c2516407523af760a9d257f0639612bd",
     {{"host", "localhost:4566"}},
     "", "FwoGZXIvYXdzEXAMPLE//token+="},
    {"S3, the path as it came", "GET", "/bucket/a%20b//c/../d",
     {{"host", "localhost:4566"}, {"x-amz-date", "20150830T123600Z"}, {"x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}, {"authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=9c3b2bba74232ede23b6cc14a1ee1e09c789bb415bcc0f69581ff4598867ad88"}},
     "", ""},
    {"S3 presigned, payload unsigned", "PUT", "/bucket/key%2B1?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=6c41ed88eba87bbc3b7d6bb8a1c257e3a5aaa8c4c5ff11ad0c7aacf84847ebe1",
     {{"host", "localhost:4566"}},
     "", ""},
};
// clang-format on

}  // namespace ecsmi::wire::testing
