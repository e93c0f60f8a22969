#include "demo/bill.h"

#include <cstdio>

#include "ecsmi/base/status.h"

namespace ecsmi::demo {

absl::Status PrintBill(Client& client) {
  ECSMI_ASSIGN_OR_RETURN(const emu::GetCostsResponse costs,
                         Client::Call(*client.emulator, &emu::EmulatorService::Stub::GetCosts,
                                      R"({"groupBy": "INSTANCE_TYPE"})"));
  std::printf("\nThe bill\n");
  return absl::OkStatus();
}

}  // namespace ecsmi::demo
