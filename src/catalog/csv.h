#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ecsmi::catalog {

// Inclusive.
struct Bounds {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// A table of text with a header line, read strictly: RFC 4180 quoting within a line, every row as long as the header,
// no blank lines, no unknown columns asked for. Errors are INVALID_ARGUMENT and name file, line, column and value.
class CsvTable {
 public:
  static absl::StatusOr<CsvTable> Parse(std::string_view file_name, std::string_view text);

  // INVALID_ARGUMENT naming the first column that is not in `known`: a misspelt or new column is never overlooked.
  absl::Status CheckColumns(std::span<const std::string_view> known) const;

  std::size_t rows() const { return rows_.size(); }
  // Reads cells of one row; the first failure is kept in `status`, and a cell that cannot be read gives zero. An empty
  // cell is an error except where a reader says otherwise. REQUIRES: the table outlives the row.
  class Row {
   public:
    std::string Text(std::string_view column);  // may be empty
    std::string Name(std::string_view column);  // not empty
    std::int64_t Integer(std::string_view column, Bounds bounds);
    std::int64_t IntegerOrEmpty(std::string_view column, Bounds bounds);  // empty = 0, whatever the bounds
    // Value × 10^digits, exact, in integers throughout: digits with at most one point among them, at most `digits`
    // places, no sign or exponent.
    std::int64_t Decimal(std::string_view column, int digits);
    double Real(std::string_view column);  // spelled as for Decimal, any number of places
    bool Boolean(std::string_view column);
    // Marks the cell wrong.
    void Refuse(std::string_view column, std::string_view rule);
    absl::Status status;

   private:
    friend class CsvTable;
    const CsvTable* table_ = nullptr;
    std::size_t at_ = 0;
  };
  Row row(std::size_t at) const;

 private:
  std::string file_name_;
  absl::flat_hash_map<std::string, std::size_t> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace ecsmi::catalog
