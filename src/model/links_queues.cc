#include "ecsmi/model/state.h"
#include "state_links.h"

// Queues: names.
namespace ecsmi::model {

template <>
void State::Link(Queue& row) {
  Name(NameKey('q', row.region, row.name), row.serial);
}
template <>
void State::Unlink(Queue& row) {
  Unname(NameKey('q', row.region, row.name), row.serial);
}

}  // namespace ecsmi::model
