#include "wire/sigv4/sigv4.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/wire/sigv4/examples.h"
#include "wire/sigv4/canonical.h"

namespace ecsmi::wire::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::int64_t kSignedAt = 1'440'938'160;  // 2015-08-30T12:36:00Z

struct Request {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  explicit Request(const SignedExample& example)
      : method(example.method), target(example.target), headers(example.headers), body(example.body) {}
  SignedMessage Message() const { return {method, target, headers, body}; }
  std::string& Header(const std::string& name) {
    for (auto& [its_name, value] : headers) {
      if (its_name == name) return value;
    }
    headers.emplace_back(name, "");
    return headers.back().second;
  }
  void Replace(const std::string& from, const std::string& to) {
    std::string& text = Header("authorization");
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
  }
};

SigningKey Key(const SignedExample& example) {
  return {.secret = kSecret, .security_token = example.security_token, .expires_at_s = {}};
}

// Parses and verifies; the fault, or nothing when all is well.
std::optional<SignatureRefusal> Check(const Request& request, const SigningKey& key, std::int64_t now_s = kSignedAt) {
  auto parsed = ParseSignature(request.Message());
  if (const auto* refusal = std::get_if<SignatureRefusal>(&parsed)) return *refusal;
  return VerifySignature(request.Message(), std::get<RequestSignature>(parsed), key, now_s);
}

void ExpectRefused(const std::optional<SignatureRefusal>& refusal, SignatureFault fault, const std::string& message) {
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(ErrorNameOf(refusal->fault, SignatureProtocol::kJson), ErrorNameOf(fault, SignatureProtocol::kJson));
  EXPECT_EQ(refusal->message, message);
}
constexpr char kMismatch[] =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

const SignedExample& Example(const std::string& name) {
  for (const SignedExample& example : kSignedExamples) {
    if (example.name == name) return example;
  }
  ADD_FAILURE() << name;
  return kSignedExamples[0];
}
const SignedExample& ListUsers() {
  return Example("AWS's ListUsers");
}

TEST(SigV4, WhatOthersSignedIsAccepted) {
  for (const SignedExample& example : kSignedExamples) {
    const auto refusal = Check(Request(example), Key(example));
    EXPECT_FALSE(refusal.has_value()) << example.name << ": " << refusal->message;
  }
}

TEST(SigV4, SaysWhoSignedForWhat) {
  const Request request(ListUsers());
  const auto parsed = ParseSignature(request.Message());
  ASSERT_TRUE(std::holds_alternative<RequestSignature>(parsed));
  const auto& signature = std::get<RequestSignature>(parsed);
  EXPECT_EQ(signature.access_key_id, "AKIDEXAMPLE");
  EXPECT_EQ(signature.region, "us-east-1");
  EXPECT_EQ(signature.service, "iam");
  EXPECT_EQ(signature.signed_at_s, kSignedAt);
  EXPECT_FALSE(signature.expires_s.has_value());
  const Request presigned(Example("presigned with temporary credentials"));
  const auto of_query = ParseSignature(presigned.Message());
  ASSERT_TRUE(std::holds_alternative<RequestSignature>(of_query));
  EXPECT_EQ(std::get<RequestSignature>(of_query).service, "sqs");
  EXPECT_EQ(std::get<RequestSignature>(of_query).expires_s, 300);
  EXPECT_EQ(std::get<RequestSignature>(of_query).security_token, "FwoGZXIvYXdzEXAMPLE//token+=");
}

TEST(SigV4, CanonicalRequestIsAWSsExample) {
  const Request request(ListUsers());
  const auto parsed = ParseSignature(request.Message());
  const std::string canonical = CanonicalRequest(request.Message(), std::get<RequestSignature>(parsed));
  EXPECT_EQ(canonical,
            "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
            "content-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\n"
            "x-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex(canonical), "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
}

TEST(SigV4, AnyChangeOfWhatIsSignedIsRefused) {
  for (const SignedExample& example : kSignedExamples) {
    const auto refused = [&](const char* what, const Request& request) {
      const auto refusal = Check(request, Key(example));
      EXPECT_TRUE(refusal.has_value()) << example.name << ": " << what;
    };
    Request request(example);
    request.method = "PATCH";
    refused("method", request);
    request = Request(example);
    request.target.insert(1, "x");
    refused("path", request);
    request = Request(example);
    request.target += request.target.find('?') == std::string::npos ? "?z=1" : "&z=1";
    refused("query", request);
    request = Request(example);
    request.Header("host") += "x";
    refused("host", request);
    request = Request(example);
    request.body += "x";
    const bool unsigned_payload = std::string(example.name) == "S3 presigned, payload unsigned";
    if (!unsigned_payload) refused("body", request);
    SigningKey key = Key(example);
    key.secret += "x";
    EXPECT_TRUE(Check(Request(example), key).has_value()) << example.name << ": secret";
  }
}

TEST(SigV4, HeadersThatAreNotSignedMayChange) {
  Request request(ListUsers());
  request.Header("user-agent") = "curl";
  EXPECT_FALSE(Check(request, Key(ListUsers())).has_value());
}

TEST(SigV4, ClocksMayDifferByFifteenMinutes) {
  const Request request(ListUsers());
  const SigningKey key = Key(ListUsers());
  EXPECT_FALSE(Check(request, key, kSignedAt + 900).has_value());
  EXPECT_FALSE(Check(request, key, kSignedAt - 900).has_value());
  ExpectRefused(
      Check(request, key, kSignedAt + 901), SignatureFault::kSignatureDoesNotMatch,
      "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)");
  ExpectRefused(
      Check(request, key, kSignedAt - 901), SignatureFault::kSignatureDoesNotMatch,
      "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T122059Z + 15 min.)");
}

TEST(SigV4, PresignedRequestsLastAsLongAsTheySay) {
  const SignedExample& example = Example("presigned");
  EXPECT_FALSE(Check(Request(example), Key(example), kSignedAt + 300).has_value());
  ExpectRefused(Check(Request(example), Key(example), kSignedAt + 301), SignatureFault::kRequestExpired,
                "Request has expired.");
  EXPECT_TRUE(Check(Request(example), Key(example), kSignedAt - 901).has_value());
  for (const char* expires : {"-1", "604801", "x", ""}) {
    Request request(example);
    const std::string from = "X-Amz-Expires=300";
    request.target.replace(request.target.find(from), from.size(), std::string("X-Amz-Expires=") + expires);
    const auto refusal = Check(request, Key(example));
    ASSERT_TRUE(refusal.has_value()) << expires;
    EXPECT_THAT(refusal->message, StartsWith("X-Amz-Expires must be"));
  }
}

TEST(SigV4, TemporaryCredentialsNeedTheirTokenAndEnd) {
  const SignedExample& example = Example("temporary credentials");
  SigningKey key = Key(example);
  key.security_token = "another";
  ExpectRefused(Check(Request(example), key), SignatureFault::kUnrecognizedClient,
                "The security token included in the request is invalid.");
  key = Key(example);
  key.expires_at_s = kSignedAt + 1;
  EXPECT_FALSE(Check(Request(example), key).has_value());
  ExpectRefused(Check(Request(example), key, kSignedAt + 1), SignatureFault::kExpiredToken,
                "The security token included in the request is expired");
  // A lasting key takes no token.
  ExpectRefused(Check(Request(example), {.secret = kSecret, .security_token = "", .expires_at_s = {}}),
                SignatureFault::kUnrecognizedClient, "The security token included in the request is invalid.");
}

TEST(SigV4, AStatedPayloadHashMustBeTheBodys) {
  const SignedExample& example = Example("S3, the path as it came");
  Request request(example);
  request.body = "other";
  ExpectRefused(Check(request, Key(example)), SignatureFault::kSignatureDoesNotMatch, kMismatch);
}

TEST(SigV4, UnsignedIsToldFromIncomplete) {
  const struct {
    const char* authorization;
    SignatureFault fault;
    const char* message;
  } cases[] = {
      {"Bearer abc", SignatureFault::kMissingAuthenticationToken, "Missing Authentication Token"},
      {"", SignatureFault::kMissingAuthenticationToken, "Missing Authentication Token"},
      {"AWS4-HMAC-SHA256", SignatureFault::kIncompleteSignature,
       "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
       "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256"},
      {"AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host",
       SignatureFault::kIncompleteSignature,
       "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256"},
      {"AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", SignatureFault::kIncompleteSignature,
       "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'"},
      {"AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws5, SignedHeaders=host, Signature=0",
       SignatureFault::kSignatureDoesNotMatch,
       "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'."},
      {"AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=x-amz-date, Signature=0",
       SignatureFault::kSignatureDoesNotMatch,
       "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
      {"AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host, Signature=0",
       SignatureFault::kSignatureDoesNotMatch, kMismatch},
      {"AWS4-HMAC-SHA256 Credential=a/20150829/r/s/aws4_request, SignedHeaders=host, Signature=0",
       SignatureFault::kSignatureDoesNotMatch,
       "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != "
       "'20150830', from '20150830T123600Z'."},
      {"AWS4-ECDSA-P256-SHA256 Credential=a/20150830/s/aws4_request, SignedHeaders=host, Signature=0",
       SignatureFault::kIncompleteSignature, "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'."},
  };
  for (const auto& [authorization, fault, message] : cases) {
    SCOPED_TRACE(authorization);
    Request request(ListUsers());
    request.Header("authorization") = authorization;
    ExpectRefused(Check(request, Key(ListUsers())), fault, message);
  }
  Request none(ListUsers());
  none.headers.pop_back();
  ExpectRefused(Check(none, Key(ListUsers())), SignatureFault::kMissingAuthenticationToken,
                "Missing Authentication Token");
}

TEST(SigV4, TheMomentOfSigningMustBeThereAndReadable) {
  for (const char* date : {"", "20150830", "2015-08-30T12:36:00Z", "20151330T123600Z", "20150830T123600+"}) {
    Request request(ListUsers());
    request.Header("x-amz-date") = date;
    ExpectRefused(Check(request, Key(ListUsers())), SignatureFault::kIncompleteSignature,
                  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                  "Authorization=AWS4-HMAC-SHA256");
  }
  // HTTP's own header does where X-Amz-Date is absent; the signature no longer fits, but the moment is read.
  Request request(ListUsers());
  std::erase_if(request.headers, [](const auto& header) { return header.first == "x-amz-date"; });
  request.Header("date") = "Sun, 30 Aug 2015 12:36:00 GMT";
  const auto parsed = ParseSignature(request.Message());
  ASSERT_TRUE(std::holds_alternative<RequestSignature>(parsed));
  EXPECT_EQ(std::get<RequestSignature>(parsed).timestamp, "20150830T123600Z");
  EXPECT_EQ(std::get<RequestSignature>(parsed).signed_at_s, kSignedAt);
}

TEST(SigV4, AQueryThatBeginsToSignMustSayItAll) {
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders",
                           "X-Amz-Date", "X-Amz-Expires"}) {
    Request request(Example("presigned"));
    const std::size_t at = request.target.find(name);
    request.target.replace(at, std::string(name).size(), "gone");
    const auto refusal = Check(request, Key(Example("presigned")));
    ASSERT_TRUE(refusal.has_value()) << name;
    EXPECT_EQ(refusal->fault, SignatureFault::kIncompleteSignature) << name;
    EXPECT_THAT(refusal->message, HasSubstr(name));
  }
}

TEST(SigV4, EachProtocolHasItsOwnNames) {
  EXPECT_EQ(ErrorNameOf(SignatureFault::kSignatureDoesNotMatch, SignatureProtocol::kJson), "InvalidSignatureException");
  EXPECT_EQ(ErrorNameOf(SignatureFault::kSignatureDoesNotMatch, SignatureProtocol::kQuery), "SignatureDoesNotMatch");
  EXPECT_EQ(ErrorNameOf(SignatureFault::kUnrecognizedClient, SignatureProtocol::kQuery), "InvalidClientTokenId");
}

TEST(SigV4, CanonicalPartsFollowTheRules) {
  const struct {
    const char* path;
    bool s3;
    const char* canonical;
  } paths[] = {
      {"", false, "/"},
      {"/", false, "/"},
      {"//", false, "/"},
      {"/a/../..", false, "/"},
      {"/./a//b/", false, "/a/b/"},
      {"/a%20b", false, "/a%2520b"},
      {"/a%20b", true, "/a%20b"},
      {"/a//b/../c", true, "/a//b/../c"},
      {"/a+b", true, "/a%2Bb"},
      {"/a%2fb", true, "/a/b"},
  };
  for (const auto& [path, s3, canonical] : paths) EXPECT_EQ(CanonicalPath(path, s3), canonical) << path;
  const struct {
    const char* query;
    const char* canonical;
  } queries[] = {
      {"", ""},
      {"b&a", "a=&b="},
      {"a=2&a=10&A=1", "A=1&a=10&a=2"},
      {"a=b%2fc&d=e/f", "a=b%2Fc&d=e%2Ff"},
      {"a=x+y", "a=x%2By"},
      {"a=1&X-Amz-Signature=2", "a=1"},
      {"a=b=c&&%", "%25=&a=b%3Dc"},
      {"a-b=1&a=2&ab=3", "a=2&a-b=1&ab=3"},
  };
  for (const auto& [query, canonical] : queries) EXPECT_EQ(CanonicalQuery(query), canonical) << query;
  EXPECT_EQ(CanonicalHeader({{"a", " x   y "}, {"b", "no"}, {"a", "\tz\t"}}, "a"), "x y,z");
}

}  // namespace
}  // namespace ecsmi::wire::testing
