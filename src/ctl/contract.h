#pragma once

// Short names for the contract's packages.
namespace ecsmi::ecs::v1 {}
namespace ecsmi::sqs::v1 {}
namespace ecsmi::cloudwatch::v1 {}
namespace ecsmi::emulator::v1 {}

namespace ecsmi::ctl {

namespace ecs = ::ecsmi::ecs::v1;
namespace sqs = ::ecsmi::sqs::v1;
namespace cw = ::ecsmi::cloudwatch::v1;
namespace emu = ::ecsmi::emulator::v1;

}  // namespace ecsmi::ctl
