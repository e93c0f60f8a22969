#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/sigv4/sigv4.h"

namespace ecsmi::wire {

// Parts of the canonical request. Pure.

// Path: dot segments and doubled slashes removed, then encoded once more than it came; S3 signs it as it came.
std::string CanonicalPath(std::string_view path, bool s3);
// Query: every name and value encoded once, in AWS's alphabet, sorted by name, then value; `X-Amz-Signature` left out.
std::string CanonicalQuery(std::string_view query);
// Values of one name: trimmed, runs of blanks folded into one, joined by commas in the order of arrival.
std::string CanonicalHeader(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view name);

// Of the body, 64 lower-case hex digits.
std::string BodyHash(const SignedMessage& message);

std::string CanonicalRequest(const SignedMessage& message, const RequestSignature& signature);

// Name and value of each part of a query, percent-decoded; '+' stays a plus.
std::vector<std::pair<std::string, std::string>> QueryParameters(std::string_view query);
std::string_view PathOf(std::string_view target);
std::string_view QueryOf(std::string_view target);  // without '?'

// 64 lower-case hex digits.
std::string Sha256Hex(std::string_view bytes);
std::string HmacSha256(std::string_view key, std::string_view bytes);
std::string Hex(std::string_view bytes);

}  // namespace ecsmi::wire
