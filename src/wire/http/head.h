#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "wire/http/message.h"

namespace ecsmi::wire {

// What is wrong with a head that parses: nothing when the request may be read on. Beyond the grammar it refuses
// whatever two readers could take for two things (request smuggling): Content-Length beside Transfer-Encoding or more
// than once, any transfer coding but one "chunked", several Host headers, none in HTTP/1.1, and targets that are no
// path. `http_1_0`: the request says HTTP/1.0. Pure.
std::optional<HttpFault> FaultOfHead(const HttpRequest& head, bool http_1_0, std::size_t headers_max);

// The bytes before the body. `date`: the header's value, empty for none. `body_bytes`: of the body that a GET would
// get; none for a status that has no body. A stream is sent in chunks, or over HTTP/1.0 until the connection ends.
// Control characters in header values become spaces: a value can end no header.
std::string ResponseHead(const HttpResponse& response, bool keep_alive, bool http_1_0, const std::string& date);
// The same for an answer that somebody else gave: his headers as they are, Date and Content-Length among them, and how
// the body is framed where they do not say.
std::string RelayedHead(const HttpResponse& response, bool chunked, bool keep_alive, bool http_1_0);
// 1xx, 204 and 304 have no body and no Content-Length.
bool StatusHasBody(int status);

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(std::int64_t unix_seconds);

}  // namespace ecsmi::wire
