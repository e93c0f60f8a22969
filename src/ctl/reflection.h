#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ctl/client.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor_database.h"
#include "google/protobuf/dynamic_message.h"

namespace ecsmi::ctl {

// An rpc as the server itself describes it, so that a newer daemon's can be called, too. Owns what its messages are
// made of.
class RemoteMethod {
 public:
  // `name`: "RunTask", "EcsService/RunTask" or "ecsmi.ecs.v1.EcsService/RunTask". Errors: kRefused when no service, or
  // more than one, has it.
  static absl::StatusOr<std::unique_ptr<RemoteMethod>> Find(Client& client, const std::string& name);

  const google::protobuf::MethodDescriptor& descriptor() const { return *method_; }
  std::string path() const;  // "/ecsmi.ecs.v1.EcsService/RunTask"
  std::unique_ptr<google::protobuf::Message> NewRequest();
  std::unique_ptr<google::protobuf::Message> NewResponse();

 private:
  RemoteMethod() : pool_(&files_), factory_(&pool_) {}

  google::protobuf::SimpleDescriptorDatabase files_;
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const google::protobuf::MethodDescriptor* method_ = nullptr;
};

}  // namespace ecsmi::ctl
