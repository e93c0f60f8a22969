#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "api/check.h"
#include "builders/world_fixture.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/registry.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace ecsmi::testing {

// A request from protobuf's text format: short to write in tables.
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

inline std::string_view ExceptionName(const absl::Status& status) {
  return status.ok() ? "OK" : api::ExceptionOf(status).name;
}

// A request that must be refused: by which exception, with which words in its message.
struct BadInput {
  std::string request;  // text format
  std::string exception;
  std::vector<std::string> words;
};

// Operations on a bare world, without an engine: the checks of the door's thread, then the step.
class ApiWorld : public BareWorld {
 public:
  explicit ApiWorld(control::Settings settings = {}) : BareWorld(std::move(settings)) {}

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(absl::Status (*check)(const Request&),
                                absl::Status (*run)(control::Step&, const api::CallContext&, const Request&, Response*),
                                const Request& request) {
    Response response;
    absl::Status status = api::CheckKnownValues(request);
    if (status.ok()) status = check(request);
    if (status.ok()) status = Do([&](control::Step& step) { return run(step, context, request, &response); });
    if (!status.ok()) return status;
    return response;
  }
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(absl::Status (*check)(const Request&),
                                absl::Status (*run)(control::Step&, const api::CallContext&, const Request&, Response*),
                                const std::string& request) {
    return Call(check, run, Parse<Request>(request));
  }

  // Every input is refused as said, and neither a row nor a number is touched by it (promise 5).
  template <typename Request, typename Response>
  void ExpectRefused(absl::Status (*check)(const Request&),
                     absl::Status (*run)(control::Step&, const api::CallContext&, const Request&, Response*),
                     const std::vector<BadInput>& inputs) {
    for (const BadInput& input : inputs) {
      SCOPED_TRACE(input.request);
      state().TakeChanges(now);
      const std::uint64_t hash = state().state_hash();
      const model::Serial next = state().next_serial();
      const absl::Status status = Call(check, run, input.request).status();
      EXPECT_EQ(ExceptionName(status), input.exception) << status;
      for (const std::string& word : input.words) {
        EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(word));
      }
      EXPECT_TRUE(state().TakeChanges(now).empty());
      EXPECT_EQ(state().state_hash(), hash);
      EXPECT_EQ(state().next_serial(), next);
    }
  }

  api::CallContext context;
};

}  // namespace ecsmi::testing
