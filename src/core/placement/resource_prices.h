#pragma once

#include <array>

#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

// CPU units, MiB, GPUs, ENI slots.
using Vector4 = std::array<double, 4>;
Vector4 AsVector(const model::Resources& resources);
inline double Dot(const Vector4& a, const Vector4& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}

// Money a unit of each resource is worth: the prices that make the demand of an architecture's classes worth the most
// while no type is worth more than it costs. Per architecture (by its number). Plain double arithmetic in a fixed
// order: the same everywhere.
std::array<Vector4, 3> FitPrices(const BinProblem& problem);

}  // namespace ecsmi::core::placement
