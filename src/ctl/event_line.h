#pragma once

#include <string>

#include "ctl/contract.h"
#include "ecsmi/emulator/v1/event.pb.h"

namespace ecsmi::ctl {

// What happened, in a few words: "PENDING", "ALARM, was OK: Threshold Crossed…". Pure; Safe.
std::string WhatHappened(const emu::Event& event);

// "2026-01-01T00:00:37.327Z  task        shop/3f2a1b0c  PENDING". Pure; Safe; without a line's end.
std::string EventLine(const emu::Event& event);

}  // namespace ecsmi::ctl
