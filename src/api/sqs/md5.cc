#include "api/sqs/md5.h"

#include <openssl/evp.h>

#include "absl/strings/escaping.h"
#include "ecsmi/base/check.h"

namespace ecsmi::api {

std::string Md5Hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ECSMI_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_md5(), nullptr) == 1);
  std::string raw;
  for (unsigned int i = 0; i < size; ++i) raw.push_back(static_cast<char>(digest[i]));
  return absl::BytesToHexString(raw);
}

}  // namespace ecsmi::api
