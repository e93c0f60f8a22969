#pragma once

#include <string>
#include <vector>

namespace ecsmi::testing {

// A valid request of each operation, in text format, for the world that bad_input_test.cc sets up: cluster "c" with
// capacity provider "mi", task definition "web:1", one task of it ($TASK) on one instance ($INSTANCE), all running;
// service "svc"; alarm "a"; queue "q" ($QUEUE) with a message that was received
// ($RECEIPT) and one that was not.
// An operation that is registered needs a line here; then every field of its request is covered.
struct BaseRequest {
  const char* operation;
  std::string text;
};
const std::vector<BaseRequest>& BaseRequests();

}  // namespace ecsmi::testing
