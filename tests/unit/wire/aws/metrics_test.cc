// GET /metrics: what is counted, what it says of the worlds, and who may read it.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "builders/world_fixture.h"
#include "clock/real_clock.h"
#include "store/sqlite_store.h"
#include "wire/aws/door.h"

namespace ecsmi::wire {
namespace {

class MetricsTest : public ::testing::Test {
 protected:
  explicit MetricsTest(AuthKeys keys = {})
      : keys_(std::move(keys)),
        store_(*store::OpenSqliteStore({.durability = store::Durability::kMemory})),
        engine_({}, *store_, testing::TestCatalog(), clock_) {
    EXPECT_TRUE(engine_.Start().ok());
    api::RegisterAll(registry_);
    calls_.metrics = &metrics_;
    calls_.name = "http";
    UseKeys();
  }
  ~MetricsTest() override { engine_.Stop(); }

  void UseKeys() {
    AwsDoorOptions options;
    options.metrics = [this] { return metrics_.Collect(); };
    options.keys = keys_;
    door_ = std::make_unique<AwsDoor>(calls_, clock_, std::move(options));
  }
  HttpResponse Handle(HttpRequest request) {
    std::promise<HttpResponse> answer;
    door_->Handle(std::move(request), [&](HttpResponse response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }
  void CreateCluster(const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/w/111122223333/";
    request.headers = {{"host", "localhost"}, {"x-amz-target", "AmazonEC2ContainerServiceV20141113.CreateCluster"}};
    request.body = body;
    Handle(std::move(request));
  }
  HttpResponse Scrape(HttpHeaders headers = {}) {
    HttpRequest request;
    request.method = "GET";
    request.target = "/metrics";
    request.headers = std::move(headers);
    request.headers.emplace_back("host", "localhost");
    return Handle(std::move(request));
  }

  const AuthKeys keys_;
  clock::RealClock clock_;
  std::unique_ptr<store::SqliteStore> store_;
  control::Engine engine_;
  api::Registry registry_;
  CallMetrics metrics_;
  Door calls_{registry_, engine_, kCallsMax};
  std::unique_ptr<AwsDoor> door_;
};

bool Has(const HttpResponse& page, const std::string& line) {
  return ("\n" + page.body).find("\n" + line + "\n") != std::string::npos;
}

TEST_F(MetricsTest, EveryCallIsCountedByOperationAndFailuresByException) {
  EXPECT_EQ(Scrape().body.find("CreateCluster"), std::string::npos) << "nobody called it yet";
  CreateCluster(R"({"clusterName":"c"})");
  CreateCluster(R"({"clusterName":"bad name"})");
  CreateCluster("{");  // refused before there is a call to hand over
  const HttpResponse page = Scrape();
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(*FindHeader(page.headers, "content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const std::string labels = R"({door="http",operation="CreateCluster",service="ecs")";
  EXPECT_TRUE(Has(page, "ecsmi_call_seconds_count" + labels + "} 3")) << page.body;
  EXPECT_TRUE(Has(page, R"(ecsmi_call_failures_total{door="http",exception="InvalidParameterException",)"
                        R"(operation="CreateCluster",service="ecs"} 1)"))
      << page.body;
  EXPECT_TRUE(Has(page, R"(ecsmi_call_failures_total{door="http",exception="SerializationException",)"
                        R"(operation="CreateCluster",service="ecs"} 1)"))
      << page.body;
}

TEST_F(MetricsTest, WorldsTellWhatIsInThem) {
  CreateCluster(R"({"clusterName":"a"})");
  CreateCluster(R"({"clusterName":"b"})");
  const HttpResponse page = Scrape();
  EXPECT_TRUE(Has(page, R"(ecsmi_world_clusters{world="111122223333"} 2)")) << page.body;
  EXPECT_TRUE(Has(page, R"(ecsmi_world_tasks{world="111122223333"} 0)")) << page.body;
}

class KeyedMetricsTest : public MetricsTest {
 protected:
  KeyedMetricsTest() : MetricsTest({{"AKIDALL", "secret", {}}, {"AKIDTEAM", "hush", {"444455556666"}}}) {}
};

TEST_F(KeyedMetricsTest, AKeyIsShownAsItIsAndSeesItsOwnWorldsAlone) {
  EXPECT_EQ(Scrape().status, 403);
  EXPECT_EQ(Scrape({{"authorization", "Bearer AKIDALL:guess"}}).status, 403);
  door_ = std::make_unique<AwsDoor>(calls_, clock_, AwsDoorOptions{});
  CreateCluster(R"({"clusterName":"c"})");
  UseKeys();
  const HttpResponse all = Scrape({{"authorization", "Bearer AKIDALL:secret"}});
  EXPECT_NE(all.body.find("111122223333"), std::string::npos) << all.body;
  const HttpResponse own = Scrape({{"authorization", "Bearer AKIDTEAM:hush"}});
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(own.body.find("111122223333"), std::string::npos) << own.body;
}

TEST_F(KeyedMetricsTest, OnlyPagesTakeAKeyAsItIs) {
  HttpRequest request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"host", "localhost"},
                     {"authorization", "Bearer AKIDALL:secret"},
                     {"x-amz-target", "AmazonEC2ContainerServiceV20141113.CreateCluster"}};
  request.body = "{}";
  EXPECT_EQ(Handle(std::move(request)).status, 403);
}

}  // namespace
}  // namespace ecsmi::wire
