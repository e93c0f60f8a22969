#pragma once

#include <cstddef>

// Limits of AWS that more than one folder needs (H20-H25).
namespace ecsmi::api {

inline constexpr std::size_t kProvidersPerClusterMax = 20;  // A66
inline constexpr int kDescribeMax = 100;                    // H20
inline constexpr int kListPageMax = 100;                    // H21

inline constexpr int kDescribeServicesMax = 10;         // H20
inline constexpr int kListServicesPage = 10;            // H21
inline constexpr int kDescribeDeploymentsMax = 20;      // H20: service deployments, revisions
inline constexpr int kListServiceDeploymentsPage = 20;  // H21
inline constexpr int kServicesPerClusterMax = 5'000;    // D12
inline constexpr int kTasksPerServiceMax = 5'000;       // D12

}  // namespace ecsmi::api
