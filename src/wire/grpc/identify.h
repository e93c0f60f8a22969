#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "ecsmi/ports/clock.h"
#include "wire/call/call.h"
#include "wire/keys/credentials.h"

namespace ecsmi::wire {

// What the calls of the gRPC door share.
struct GrpcDoor : Door {
  GrpcDoor(const api::Registry& its_registry, control::Engine& its_engine, int its_calls_max, AuthKeys keys,
           std::uint64_t seed, const ports::HostClock* its_clock)
      : Door{its_registry, its_engine, its_calls_max}, credentials(std::move(keys), seed), clock(its_clock) {}
  const Credentials credentials;
  const ports::HostClock* const clock;  // not null when the credentials are required
};

// Who calls, from metadata: fills account and Region of `call`. `x-ecsmi-world` (account or name) names the world, else
// the key does, as over HTTP. A key comes as `authorization: Bearer <access key id>:<secret>`, with
// `x-amz-security-token` when it is AssumeRole's, or as the common name of a verified client certificate. With a key
// file a key has to be shown and right: else UNAUTHENTICATED, and PERMISSION_DENIED for a world that it may not touch,
// with AWS's names in ErrorInfo. Without one the key only says where. Every rpc of ours begins with it; what does not
// is open to all: reflection and health.
grpc::Status Identify(const GrpcDoor& door, const grpc::CallbackServerContext& context, std::string_view service,
                      api::CallContext* call);

// A status with google.rpc.ErrorInfo{reason, domain of `service`, resourceIds}; the last only when not empty.
grpc::Status StatusWithInfo(grpc::StatusCode code, std::string_view message, std::string_view reason,
                            std::string_view service, std::string_view resource_ids = {});

}  // namespace ecsmi::wire
