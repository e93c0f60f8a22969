#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Where --forward sends what. Pure; any thread.
namespace ecsmi::wire {

struct Endpoint {
  std::string url;  // as given, for messages
  bool tls = false;
  std::string host;  // without brackets
  std::string port;
};
// By signing name: the service of a signature's scope ("s3", "logs", "secretsmanager").
using ForwardTable = std::map<std::string, Endpoint, std::less<>>;

// "http://localhost:4567", "https://[::1]:8443/": scheme, host, port (80 and 443 when none is given) and no more.
// INVALID_ARGUMENT names the URL and what is wrong with it. Hosts of AWS's own are refused: AWS checks the Host that
// the client signed, which is this daemon's.
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view url);

// Adds "iam,ec2=URL" to `table`; several such rules may stand in one text, apart by blanks or ';'. INVALID_ARGUMENT for
// a service that is answered here, given twice, or no signing name, and for a URL that ParseEndpoint refuses; `table`
// may then hold a part.
absl::Status AddForwards(std::string_view rules, ForwardTable* table);

// INVALID_ARGUMENT, naming the services, when an endpoint is this daemon: its own host:port as bound, or a name of the
// loopback interface with that port.
absl::Status RefuseOwnAddress(const ForwardTable& table, std::string_view bound_address);

}  // namespace ecsmi::wire
