#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace ecsmi::wire {

// Names and values of an application/x-www-form-urlencoded body, or of a URL's query, decoded, in the order given.
using Form = std::vector<std::pair<std::string, std::string>>;

// SerializationException for an escape that is none, a text that is not UTF-8, and more than kFormFieldsMax fields.
// Pure; any thread.
absl::StatusOr<Form> ParseForm(std::string_view body);

// Ten messages of ten attributes, with all there is to say about each, come to some five hundred.
inline constexpr std::size_t kFormFieldsMax = 5'000;

// The last value of that name, since of equal names the last one counts; nullptr when there is none.
const std::string* FindField(const Form& form, std::string_view name);

}  // namespace ecsmi::wire
