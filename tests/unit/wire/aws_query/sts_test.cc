#include "wire/aws_query/sts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ecsmi/api/errors.h"

namespace ecsmi::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kRole[] = "arn:aws:iam::111122223333:role/deploy";

TEST(Sts, AnswersWhoCalls) {
  const HttpResponse response = GetCallerIdentityResponse(
      {.user_id = "AKIA", .account = "111122223333", .arn = "arn:aws:iam::111122223333:root"}, "r-1");
  EXPECT_EQ(response.body,
            "<?xml version=\"1.0\"?>\n<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
            "<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:root</Arn><UserId>AKIA</UserId>"
            "<Account>111122223333</Account></GetCallerIdentityResult>"
            "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>");
}

TEST(Sts, AnswersWithARolesCredentials) {
  const HttpResponse response = AssumeRoleResponse({.access_key_id = "ASIA",
                                                    .secret_access_key = "secret/+",
                                                    .session_token = "token",
                                                    .expiration_ms = 1'767'229'200'999,
                                                    .assumed_role_id = "AROA:s",
                                                    .arn = "arn:aws:sts::111122223333:assumed-role/deploy/s"},
                                                   "r-1");
  EXPECT_THAT(
      response.body,
      HasSubstr("<AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId>"
                "<Arn>arn:aws:sts::111122223333:assumed-role/deploy/s</Arn></AssumedRoleUser><Credentials>"
                "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>secret/+</SecretAccessKey>"
                "<SessionToken>token</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials>"));
}

TEST(Sts, ReadsAssumeRole) {
  DecodeNotes notes;
  const auto plain = ParseAssumeRole(
      {{"Action", "AssumeRole"}, {"Version", "2011-06-15"}, {"RoleArn", kRole}, {"RoleSessionName", "ci-1"}}, &notes);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->role_arn, kRole);
  EXPECT_EQ(plain->role_session_name, "ci-1");
  EXPECT_EQ(plain->duration_seconds, 3'600);
  EXPECT_THAT(notes.Warnings(), IsEmpty());
  const auto more = ParseAssumeRole({{"RoleArn", kRole},
                                     {"RoleSessionName", "a"},
                                     {"RoleSessionName", "ab"},
                                     {"DurationSeconds", "900"},
                                     {"Policy", "{}"}},
                                    &notes);
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(more->duration_seconds, 900);
  EXPECT_EQ(more->role_session_name, "ab");
  EXPECT_THAT(notes.Warnings(), ElementsAre("Policy is not acted on"));
}

TEST(Sts, RefusesBadInput) {
  const struct {
    Form form;
    const char* message;
  } kTable[] = {
      {{}, "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"},
      {{{"RoleArn", "short"}},
       "Value 'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
      {{{"RoleArn", std::string(2'049, 'a')}}, "length less than or equal to 2048"},
      {{{"RoleArn", kRole}}, "Value null at 'roleSessionName'"},
      {{{"RoleArn", kRole}, {"RoleSessionName", "a"}}, "length greater than or equal to 2"},
      {{{"RoleArn", kRole}, {"RoleSessionName", std::string(65, 'a')}}, "length less than or equal to 64"},
      {{{"RoleArn", kRole}, {"RoleSessionName", "a b"}}, "regular expression pattern"},
      {{{"RoleArn", kRole}, {"RoleSessionName", "ab"}, {"DurationSeconds", "x"}}, "greater than or equal to 900"},
      {{{"RoleArn", kRole}, {"RoleSessionName", "ab"}, {"DurationSeconds", "899"}}, "greater than or equal to 900"},
      {{{"RoleArn", kRole}, {"RoleSessionName", "ab"}, {"DurationSeconds", "43201"}}, "less than or equal to 43200"},
  };
  for (const auto& row : kTable) {
    DecodeNotes notes;
    const absl::Status status = ParseAssumeRole(row.form, &notes).status();
    EXPECT_EQ(api::ExceptionOf(status).query_code, "ValidationError") << row.message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message));
  }
}

}  // namespace
}  // namespace ecsmi::wire
