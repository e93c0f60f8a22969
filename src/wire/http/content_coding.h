#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ecsmi::wire {

// How a body's Content-Encoding is undone.
enum class ContentCoding { kNone, kDeflate, kOther };
// `content_encoding`: the header's value. gzip, x-gzip and deflate are told apart by their bytes, not by this name.
ContentCoding ContentCodingOf(std::string_view content_encoding);

// What gzip (also several members) or deflate (zlib's form, or raw as some clients send it) made of it. Stops as soon
// as more than `bytes_max` come out, however small `bytes` is. Errors: RESOURCE_EXHAUSTED for too much,
// INVALID_ARGUMENT for what is neither form, is cut off or followed by something else. Pure; any thread.
absl::StatusOr<std::string> Inflate(std::string_view bytes, std::size_t bytes_max);

}  // namespace ecsmi::wire
