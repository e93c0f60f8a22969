#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <vector>

#include "wire/grpc/call.h"

namespace ecsmi::wire {

// All services of the contract, so that reflection lists them whether or not every operation is emulated.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(GrpcDoor& door);

}  // namespace ecsmi::wire
