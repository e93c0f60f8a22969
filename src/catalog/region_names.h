#pragma once

#include <string>
#include <string_view>

namespace ecsmi::catalog {

// "us-east-1", "ap-northeast-3", "us-gov-west-1", "eusc-de-east-1": letters in groups, a digit from 1 at the end. Says
// nothing about whether AWS has such a region.
bool IsRegionName(std::string_view name);

// The form that zone ids begin with: "use1" of "us-east-1", "apne3" of "ap-northeast-3", "usgw1" of "us-gov-west-1".
// REQUIRES: IsRegionName(region).
std::string ShortRegionName(std::string_view region);

// "use1-az1"
bool IsZoneId(std::string_view id);

// Zone ids of one region in the order of their numbers: az2 before az10.
struct ZoneIdOrder {
  bool operator()(const std::string& a, const std::string& b) const {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};

}  // namespace ecsmi::catalog
