#pragma once

#include <string>
#include <vector>

#include "ctl/table.h"

namespace ecsmi::ctl {

// A screenful of `top`.
struct Frame {
  std::vector<std::string> head;  // lines above all else
  std::vector<Table> sections;    // with a blank line before each; empty ones are left out
  std::string foot;               // the last line; empty = none
};

// The frame as lines ended by '\n': at most `rows` of them (0 = as many as it takes), at most `columns` wide. Where not
// all rows fit, the longest sections are cut first and say how many rows are missing. Pure.
std::string Draw(const Frame& frame, int columns, int rows, bool colour);

}  // namespace ecsmi::ctl
