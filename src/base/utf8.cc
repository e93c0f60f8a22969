#include "ecsmi/base/utf8.h"

#include <cstddef>

namespace ecsmi::base {
namespace {

// Length of the sequence that `lead` begins, and what its second byte may be (Unicode's table of well-formed forms);
// 0 for a byte that begins none.
struct Form {
  std::size_t length = 0;
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xbf;
};
Form FormOf(unsigned char lead) {
  if (lead < 0x80) return {1};
  if (lead >= 0xc2 && lead <= 0xdf) return {2};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {};
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const Form form = FormOf(static_cast<unsigned char>(text[0]));
    if (form.length == 0 || form.length > text.size()) return false;
    for (std::size_t i = 1; i < form.length; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte < (i == 1 ? form.second_min : 0x80) || byte > (i == 1 ? form.second_max : 0xbf)) return false;
    }
    text.remove_prefix(form.length);
  }
  return true;
}

}  // namespace ecsmi::base
