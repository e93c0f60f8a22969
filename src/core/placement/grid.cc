#include "core/placement/grid.h"

namespace ecsmi::core::placement {
namespace {

constexpr std::size_t kMaxRows = 64;
constexpr std::size_t kMaxColumns = 256;

void NoteOne(std::vector<std::int32_t>& values, std::int32_t value, std::uint32_t& version) {
  const auto at = std::ranges::lower_bound(values, value);
  if (value <= 0 || values.size() >= SeenValues::kMax || (at != values.end() && *at == value)) return;
  values.insert(at, value);
  ++version;
}

// 0, the values seen (thinned evenly when there are too many), then steps of `numerator`/8 above the largest.
std::vector<std::int32_t> Choose(const std::vector<std::int32_t>& seen, std::size_t limit, std::int32_t smallest,
                                 std::int32_t largest, std::int64_t numerator) {
  std::vector<std::int32_t> borders{0};
  const std::size_t take = std::min(seen.size(), limit - 1);
  for (std::size_t i = 0; i < take; ++i) borders.push_back(seen[i * seen.size() / take]);
  std::vector<std::int32_t> steps;
  for (std::int64_t next = std::max<std::int64_t>(smallest, borders.back() * numerator / 8); next <= largest;
       next = next * numerator / 8) {
    steps.push_back(static_cast<std::int32_t>(next));
  }
  const std::size_t room = std::min(steps.size(), limit - borders.size());
  for (std::size_t i = 0; i < room; ++i) borders.push_back(steps[i * steps.size() / room]);
  return borders;
}

}  // namespace

void SeenValues::Note(std::int32_t cpu_units, std::int32_t memory_mib) {
  NoteOne(cpu, cpu_units, version);
  NoteOne(memory, memory_mib, version);
}

Borders ChooseBorders(const SeenValues& seen, std::size_t members) {
  std::size_t rows = 4;
  while (rows < kMaxRows && rows * rows * 4 < members) rows *= 2;
  const std::size_t columns = std::clamp<std::size_t>(members / rows, 8, kMaxColumns);
  Borders borders;
  borders.cpu = Choose(seen.cpu, rows, 256, 1 << 18, 10);
  borders.memory = Choose(seen.memory, columns, 128, 1 << 25, 9);
  return borders;
}

}  // namespace ecsmi::core::placement
