// The AWS door without sockets: who calls, what is refused, and what a call answers.
#include "wire/aws/door.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "builders/world_fixture.h"
#include "clock/real_clock.h"
#include "store/sqlite_store.h"
#include "wire/aws_json/operations.h"
#include "wire/forward/forwarder.h"

namespace ecsmi::wire {
namespace {

class AwsDoorTest : public ::testing::Test {
 protected:
  explicit AwsDoorTest(AwsDoorOptions options = {})
      : store_(*store::OpenSqliteStore({.durability = store::Durability::kMemory})),
        engine_({}, *store_, testing::TestCatalog(), clock_) {
    EXPECT_TRUE(engine_.Start().ok());
    api::RegisterAll(registry_);
    door_ = std::make_unique<AwsDoor>(calls_, clock_, std::move(options));
  }
  ~AwsDoorTest() override { engine_.Stop(); }

  HttpResponse Handle(HttpRequest request) {
    std::promise<HttpResponse> answer;
    door_->Handle(std::move(request), [&](HttpResponse response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }
  static HttpRequest Post(const std::string& target, const std::string& body, HttpHeaders headers = {}) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/";
    request.headers = std::move(headers);
    request.headers.emplace_back("host", "ecs.localhost:4566");
    if (!target.empty()) request.headers.emplace_back("x-amz-target", target);
    request.body = body;
    return request;
  }
  static std::string Key(const std::string& id) {
    return "AWS4-HMAC-SHA256 Credential=" + id +
           "/20260101/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=00";
  }

  clock::RealClock clock_;
  std::unique_ptr<store::SqliteStore> store_;
  control::Engine engine_;
  api::Registry registry_;
  Door calls_{registry_, engine_, kCallsMax};
  std::unique_ptr<AwsDoor> door_;
};

constexpr char kCreateCluster[] = "AmazonEC2ContainerServiceV20141113.CreateCluster";
constexpr char kCreateQueue[] = "AmazonSQS.CreateQueue";

TEST_F(AwsDoorTest, TheAccessKeySaysAccountAndRegion) {
  const auto answer = Handle(Post(kCreateCluster, R"({"clusterName":"c"})", {{"authorization", Key("111122223333")}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("arn:aws:ecs:eu-west-1:111122223333:cluster/c"), std::string::npos) << answer.body;
  EXPECT_NE(FindHeader(answer.headers, "x-amzn-requestid"), nullptr);
  EXPECT_NE(FindHeader(answer.headers, "x-ecsmi-time"), nullptr);
}

TEST_F(AwsDoorTest, ThePathsWorldComesBeforeTheKey) {
  HttpRequest request = Post(kCreateCluster, "{}", {{"authorization", Key("111122223333")}});
  request.target = "/w/444455556666/";
  EXPECT_NE(Handle(std::move(request)).body.find(":444455556666:"), std::string::npos);
  request = Post(kCreateCluster, "{}");
  request.target = "/w/a b/";
  EXPECT_EQ(Handle(std::move(request)).status, 400);
}

TEST_F(AwsDoorTest, QueueUrlsEchoTheCallersEndpoint) {
  const std::string body = R"({"QueueName":"jobs"})";
  EXPECT_NE(Handle(Post(kCreateQueue, body)).body.find("http://ecs.localhost:4566/000000000000/jobs"),
            std::string::npos);
  HttpRequest request = Post(kCreateQueue, body);
  request.target = "/w/team/";
  request.tls = true;
  EXPECT_NE(Handle(std::move(request)).body.find("https://ecs.localhost:4566/w/team/"), std::string::npos);
}

TEST_F(AwsDoorTest, OlderClientsSpeakQueryAndMayPostToTheQueueItself) {
  const HttpHeaders form = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}};
  ASSERT_EQ(Handle(Post("", "Action=CreateQueue&QueueName=jobs", form)).status, 200);
  HttpRequest request = Post("", "Action=SendMessage&MessageBody=hello", form);
  request.target = "/000000000000/jobs";
  const auto sent = Handle(std::move(request));
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_NE(sent.body.find("<MD5OfMessageBody>5d41402abc4b2a76b9719d911017c592<"), std::string::npos) << sent.body;
  const auto unknown = Handle(Post("", "Action=Fly", form));
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("InvalidAction"), std::string::npos) << unknown.body;
}

TEST_F(AwsDoorTest, WhatIsNotHereIsRefusedByName) {
  for (const char* target : {"DynamoDB_20120810.ListTables", "AmazonSQS.Fly", "nonsense"}) {
    const auto answer = Handle(Post(target, "{}"));
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_NE(answer.body.find("UnknownOperationException"), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find(target), std::string::npos) << answer.body;
  }
  HttpRequest request;
  request.method = "GET";
  request.target = "/bucket/key";
  request.headers = {{"host", "localhost"},
                     {"authorization", "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request"}};
  const auto answer = Handle(std::move(request));
  EXPECT_EQ(answer.status, 501);
  EXPECT_NE(answer.body.find("'s3'"), std::string::npos) << answer.body;
}

TEST_F(AwsDoorTest, AWebPageIsRefused) {
  EXPECT_EQ(Handle(Post(kCreateCluster, "{}", {{"origin", "http://evil.example"}})).status, 403);
  HttpRequest request = Post(kCreateCluster, "{}");
  request.headers = {{"host", "evil.example"}, {"x-amz-target", kCreateCluster}};
  EXPECT_EQ(Handle(std::move(request)).status, 403);
}

TEST_F(AwsDoorTest, AGetChangesNothing) {
  Handle(Post(kCreateQueue, R"({"QueueName":"jobs"})"));
  HttpRequest get;
  get.method = "GET";
  get.target = "/?Action=PurgeQueue&QueueUrl=/000000000000/jobs";
  get.headers = {{"host", "localhost"}};
  const auto refused = Handle(get);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("POST only"), std::string::npos) << refused.body;
  get.target = "/?Action=GetQueueUrl&QueueName=jobs";
  EXPECT_EQ(Handle(get).status, 200);
}

TEST_F(AwsDoorTest, ProbesNeedNeitherNameNorSignature) {
  HttpRequest probe;
  probe.method = "GET";
  probe.target = "/healthz";
  probe.headers = {{"host", "10.0.0.7:4566"}};
  const auto answer = Handle(std::move(probe));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST_F(AwsDoorTest, ARoleOpensNoAccountThatItsCallerMayNotTouch) {
  const Credentials credentials({{"AKIDTEAM", "secret", {"111122223333"}}}, 7);
  const auto assume = [&](const std::string& key, const std::string& account) {
    AwsCaller caller;
    caller.account = "111122223333";
    caller.access_key_id = key;
    caller.key_expires_at_s = 2'000'000'000;
    HttpRequest request =
        Post("", "Action=AssumeRole&RoleSessionName=tests&RoleArn=arn:aws:iam::" + account + ":role/deploy",
             {{"content-type", "application/x-www-form-urlencoded"}});
    std::promise<HttpResponse> answer;
    HandleQuery(calls_, caller, credentials, clock_, std::move(request),
                [&](HttpResponse response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  };
  EXPECT_EQ(assume("AKIDTEAM", "444455556666").status, 403);
  const auto allowed = assume("AKIDTEAM", "111122223333");
  EXPECT_EQ(allowed.status, 200) << allowed.body;
  const std::string own = credentials.ForRole("111122223333", 1, 2'000'000'000).access_key_id;
  EXPECT_EQ(assume(own, "444455556666").status, 403);
}

TEST_F(AwsDoorTest, AResetEmptiesTheCallersWorldAlone) {
  for (const char* key : {"111122223333", "444455556666"}) {
    Handle(Post(kCreateCluster, "{}", {{"authorization", Key(key)}}));
  }
  HttpRequest reset = Post("", "", {{"authorization", Key("111122223333")}});
  reset.target = "/moto-api/reset";
  EXPECT_EQ(Handle(std::move(reset)).status, 200);
  const char* list = "AmazonEC2ContainerServiceV20141113.ListClusters";
  EXPECT_EQ(Handle(Post(list, "{}", {{"authorization", Key("111122223333")}})).body, R"({"clusterArns":[]})");
  EXPECT_NE(Handle(Post(list, "{}", {{"authorization", Key("444455556666")}})).body.find("cluster/default"),
            std::string::npos);
}

// ListWorlds shows a key that is bound to worlds no others.
TEST_F(AwsDoorTest, ACallKnowsWhichAccountsItsCallerMayTouch) {
  for (const char* key : {"111122223333", "444455556666"}) {
    Handle(Post(kCreateCluster, "{}", {{"authorization", Key(key)}}));
  }
  AwsCaller caller;
  caller.account = "111122223333";
  const auto list = [&] {
    std::promise<HttpResponse> answer;
    HandleJson(calls_, caller, Post("EcsmiEmulator.ListWorlds", "{}"),
               [&](HttpResponse response) { answer.set_value(std::move(response)); });
    return answer.get_future().get().body;
  };
  EXPECT_NE(list().find("444455556666"), std::string::npos);
  caller.may_touch = [](std::string_view account) { return account == "111122223333"; };
  EXPECT_NE(list().find("111122223333"), std::string::npos);
  EXPECT_EQ(list().find("444455556666"), std::string::npos);
}

// What the relay decides, without a connection: who is carried on, and who is left to Handle.
class ForwardingDoorTest : public AwsDoorTest {
 protected:
  ForwardingDoorTest() { Open({}); }
  void Open(AuthKeys keys) {
    ForwardTable table;
    EXPECT_TRUE(AddForwards("s3,logs=http://localhost:1", &table).ok());
    forwarder_ = std::make_unique<Forwarder>(std::move(table), "here");
    AwsDoorOptions options;
    options.keys = std::move(keys);
    options.forwarder = forwarder_.get();
    door_ = std::make_unique<AwsDoor>(calls_, clock_, std::move(options));
  }
  static HttpRequest SignedFor(const std::string& service, HttpHeaders more = {}) {
    HttpRequest request;
    request.method = "GET";
    request.target = "/bucket/key?x=1";
    request.headers = std::move(more);
    request.headers.emplace_back("host", "bucket.localhost:4566");
    request.headers.emplace_back("authorization", "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/" + service +
                                                      "/aws4_request, SignedHeaders=host, Signature=00");
    return request;
  }

  std::unique_ptr<Forwarder> forwarder_;
};

TEST_F(ForwardingDoorTest, TheSignaturesScopeSaysWhatIsCarriedOn) {
  EXPECT_NE(door_->Relay(SignedFor("s3")), nullptr);
  EXPECT_NE(door_->Relay(SignedFor("logs")), nullptr);
  for (const char* service : {"ecs", "sqs", "iam", "S3", ""}) EXPECT_EQ(door_->Relay(SignedFor(service)), nullptr);
  HttpRequest presigned;
  presigned.method = "GET";
  presigned.target = "/bucket/key?X-Amz-Credential=k%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0";
  presigned.headers = {{"host", "localhost:4566"}};
  EXPECT_NE(door_->Relay(presigned), nullptr);
  // A signature for several Regions names none.
  HttpRequest many = SignedFor("iam");
  many.headers.back().second =
      "AWS4-ECDSA-P256-SHA256 Credential=k/20260101/s3/aws4_request, SignedHeaders=host, Signature=00";
  EXPECT_NE(door_->Relay(many), nullptr);
  HttpRequest unsigned_one = presigned;
  unsigned_one.target = "/bucket/key";
  EXPECT_EQ(door_->Relay(unsigned_one), nullptr);
}

TEST_F(ForwardingDoorTest, WhatTheDoorWouldRefuseItRefuses) {
  EXPECT_EQ(door_->Relay(SignedFor("s3", {{"origin", "http://evil.example"}})), nullptr);
  HttpRequest foreign = SignedFor("s3");
  foreign.headers[0].second = "evil.example";
  EXPECT_EQ(door_->Relay(foreign), nullptr);
  HttpRequest no_world = SignedFor("s3");
  no_world.target = "/w/a%20b/bucket";
  EXPECT_EQ(door_->Relay(no_world), nullptr);
}

TEST_F(ForwardingDoorTest, WithAKeyFileOnlyItsKeysAreCarried) {
  Open({{"AKID", "secret", {}}});
  EXPECT_EQ(door_->Relay(SignedFor("s3")), nullptr) << "nobody knows the key";
  HttpRequest stated =
      SignedFor("s3", {{"x-amz-date", "20260101T000000Z"}, {"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}});
  stated.headers.back().second.replace(stated.headers.back().second.find("=k/") + 1, 1, "AKID");
  EXPECT_EQ(door_->Relay(stated), nullptr) << "the signature is wrong whatever the body";
  HttpRequest open = stated;
  open.headers.erase(open.headers.begin() + 1);
  EXPECT_NE(door_->Relay(open), nullptr) << "judged when the body's hash is known";
}

// The exchange as a peer sees it that never gets as far as an endpoint.
class StandingPeer final : public HttpPeer {
 public:
  void WantBody() override {}
  void Answer(HttpResponse response) override { answer = std::move(response); }
  void Begin(HttpResponse, bool) override {}
  void Send(std::string) override {}
  void End() override {}
  void Cut() override {}
  boost::asio::any_io_executor executor() override { return {}; }
  HttpResponse answer;
};

TEST_F(ForwardingDoorTest, WhatComesBackIsALoop) {
  StandingPeer peer;
  const HttpRequest request = SignedFor("s3", {{"via", "1.1 ecsmid-here"}});
  door_->Relay(request)->Start(peer);
  EXPECT_EQ(peer.answer.status, 508);
  EXPECT_NE(peer.answer.body.find("<Error><Code>ServiceUnavailable</Code><Message>"), std::string::npos);
  EXPECT_NE(peer.answer.body.find("http://localhost:1"), std::string::npos) << peer.answer.body;
  HttpRequest json = SignedFor("logs", {{"via", "1.1 ecsmid-here"}});
  door_->Relay(json)->Start(peer);
  EXPECT_NE(peer.answer.body.find("\"__type\":\"ServiceUnavailableException\""), std::string::npos);
}

TEST_F(ForwardingDoorTest, NothingOfOursCanBePassedOn) {
  for (const ServiceWire& service : Services()) {
    ForwardTable table;
    EXPECT_FALSE(AddForwards(std::string(service.signing_name) + "=http://localhost:1", &table).ok())
        << service.signing_name;
  }
}

TEST_F(AwsDoorTest, RefusalsOfOtherServicesNameTheSwitch) {
  EXPECT_NE(Handle(Post("DynamoDB_20120810.ListTables", "{}")).body.find("--forward="), std::string::npos);
  const HttpHeaders form = {{"content-type", "application/x-www-form-urlencoded"}, {"authorization", Key("k")}};
  HttpHeaders iam = form;
  iam[1].second.replace(iam[1].second.find("/ecs/"), 5, "/iam/");
  EXPECT_NE(Handle(Post("", "Action=ListUsers", iam)).body.find("--forward=iam=URL"), std::string::npos);
  HttpRequest s3 = Post("", "", {{"authorization", Key("k")}});
  s3.method = "GET";
  s3.headers[0].second.replace(s3.headers[0].second.find("/ecs/"), 5, "/s3/");
  EXPECT_NE(Handle(std::move(s3)).body.find("--forward=s3=URL"), std::string::npos);
}

TEST(Credentials, RolesNeedTheirOwnTokenAndStayInTheirAccount) {
  const Credentials credentials({{"AKIDTEAM", "secret", {"111122223333"}}}, 7);
  const RoleCredentials role = credentials.ForRole("444455556666", 1, 2'000'000'000);
  const auto key = credentials.Find(role.access_key_id, role.session_token);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->secret, role.secret_access_key);
  EXPECT_EQ(key->security_token, role.session_token);
  EXPECT_EQ(key->expires_at_s, 2'000'000'000);
  EXPECT_EQ(credentials.AccountOf(role.access_key_id), "444455556666");
  EXPECT_TRUE(credentials.MayTouch(role.access_key_id, "444455556666"));
  EXPECT_FALSE(credentials.MayTouch(role.access_key_id, "111122223333"));
  // A later end of life is another token, which nobody was given.
  std::string longer = role.session_token;
  longer.replace(longer.find("2000000000"), 10, "2999999999");
  EXPECT_NE(credentials.Find(role.access_key_id, longer)->security_token, longer);
  EXPECT_NE(credentials.Find(role.access_key_id, longer)->secret, role.secret_access_key);
  EXPECT_FALSE(credentials.Find("AKIDOTHER", ""));
  // Other keys, other secrets.
  EXPECT_NE(Credentials({{"AKIDTEAM", "else", {}}}, 7).ForRole("444455556666", 1, 2'000'000'000).secret_access_key,
            role.secret_access_key);
}

TEST(Credentials, AKeyMayTouchItsWorldsAlone) {
  const Credentials credentials({{"AKIDTEAM", "secret", {"111122223333", "team"}}, {"AKIDALL", "secret", {}}}, 7);
  EXPECT_EQ(credentials.AccountOf("AKIDTEAM"), "111122223333");
  EXPECT_TRUE(credentials.MayTouch("AKIDTEAM", "111122223333"));
  EXPECT_FALSE(credentials.MayTouch("AKIDTEAM", "000000000000"));
  EXPECT_TRUE(credentials.MayTouch("AKIDALL", "000000000000"));
}

}  // namespace
}  // namespace ecsmi::wire
