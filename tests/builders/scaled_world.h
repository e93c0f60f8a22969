#pragma once

#include <string>

#include "api/autoscaling/autoscaling.h"
#include "api/cloudwatch/cloudwatch.h"
#include "builders/step_fixture.h"
#include "gtest/gtest.h"

namespace ecsmi::testing {

inline constexpr char kWorkerTarget[] =
    "service_namespace: ecs resource_id: 'service/default/worker' scalable_dimension: ecs_service_DesiredCount ";

// A world with the service "worker" in cluster "default", registered as a scalable target of 0 to 10.
class ScaledWorldTest : public ::testing::Test {
 protected:
  ScaledWorldTest() {
    const model::Serial cluster = world_.AddCluster();
    service_ = world_.Do([&](control::Step& step) {
      model::Service row;
      row.serial = step.state.NewSerial();
      row.cluster = cluster;
      row.region = "us-east-1";
      row.name = "worker";
      return step.state.Insert(std::move(row)).serial;
    });
    Must(api::CheckRegisterScalableTarget, api::RegisterScalableTarget,
         std::string(kWorkerTarget) + "min_capacity: 0 max_capacity: 10");
  }

  template <typename Request, typename Response>
  Response Must(absl::Status (*check)(const Request&),
                absl::Status (*run)(control::Step&, const api::CallContext&, const Request&, Response*),
                const std::string& request) {
    const absl::StatusOr<Response> got = world_.Call(check, run, request);
    EXPECT_TRUE(got.ok()) << request << ": " << got.status();
    return got.ok() ? *got : Response();
  }
  const model::ScalableTarget& Target() {
    return world_.state().Get<model::ScalableTarget>(
        world_.state().FindScalableTarget("us-east-1", "service/default/worker"));
  }

  ApiWorld world_;
  model::Serial service_ = model::kNoSerial;
};

}  // namespace ecsmi::testing
