#include "api/capacity_provider/instance_tags.h"

#include "api/check.h"
#include "api/document_bytes.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"

namespace ecsmi::api {

model::Serial InstanceDocument(control::Step& step, const pb::CapacityProvider& document) {
  if (document.managed_instances_provider().propagate_tags() != pb::PropagateMITags::CAPACITY_PROVIDER) {
    return model::kNoSerial;
  }
  pb::ContainerInstance instance;
  *instance.mutable_tags() = document.tags();
  return step.state.InternDocument(DocumentBytes(instance));
}

}  // namespace ecsmi::api
