#include "catalog/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/base/status.h"

namespace ecsmi::catalog {
namespace {

std::string Where(std::string_view file, std::size_t line) {
  return absl::StrCat(absl::string_view(file.data(), file.size()), " line ", line);
}
absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

// Digits, with at most one point and a digit on both sides of it.
bool IsPlainNumber(std::string_view text) {
  bool point = false;
  bool digit = false;
  for (char c : text) {
    if (c == '.' && digit && !point) {
      point = true;
      digit = false;
    } else if (c >= '0' && c <= '9') {
      digit = true;
    } else {
      return false;
    }
  }
  return digit;
}

absl::StatusOr<std::vector<std::string>> SplitLine(std::string_view file, std::size_t number, std::string_view line) {
  enum class At { kStart, kPlain, kQuoted, kAfterQuote };
  std::vector<std::string> cells(1);
  At at = At::kStart;
  const auto wrong = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat(Where(file, number), ": cell ", cells.size(), ", value '", cells.back(), "': ", what));
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (at == At::kQuoted) {
      if (c != '"') {
        cells.back().push_back(c);
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        cells.back().push_back('"');
        ++i;
      } else {
        at = At::kAfterQuote;
      }
    } else if (c == ',') {
      cells.emplace_back();
      at = At::kStart;
    } else if (at == At::kAfterQuote) {
      return wrong("something follows the closing quote");
    } else if (c == '"') {
      if (at == At::kPlain) return wrong("a quote stands inside a cell that did not begin with one");
      at = At::kQuoted;
    } else {
      cells.back().push_back(c);
      at = At::kPlain;
    }
  }
  if (at == At::kQuoted) return wrong("a quote is not closed");
  return cells;
}

}  // namespace

absl::StatusOr<CsvTable> CsvTable::Parse(std::string_view file_name, std::string_view text) {
  CsvTable table;
  table.file_name_ = std::string(file_name);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ECSMI_ASSIGN_OR_RETURN(std::vector<std::string> cells, SplitLine(file_name, number, line));
    if (number == 1) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].empty() || !table.columns_.emplace(cells[i], i).second) {
          return absl::InvalidArgumentError(
              absl::StrCat(Where(file_name, 1), ": column '", cells[i], "' is empty or stands twice"));
        }
      }
      continue;
    }
    if (cells.size() != table.columns_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Where(file_name, number), ": ", cells.size(), " cells, the header has ", table.columns_.size()));
    }
    table.rows_.push_back(std::move(cells));
  }
  if (number == 0) return absl::InvalidArgumentError(absl::StrCat(Where(file_name, 1), ": no header"));
  return table;
}

absl::Status CsvTable::CheckColumns(std::span<const std::string_view> known) const {
  std::vector<std::string_view> header(columns_.size());
  for (const auto& [name, position] : columns_) header[position] = name;
  for (std::string_view name : header) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Where(file_name_, 1), ": column '", View(name), "' is not a known one"));
    }
  }
  return absl::OkStatus();
}

CsvTable::Row CsvTable::row(std::size_t at) const {
  Row row;
  row.table_ = this;
  row.at_ = at;
  return row;
}

void CsvTable::Row::Refuse(std::string_view column, std::string_view rule) {
  if (!status.ok()) return;
  const auto at = table_->columns_.find(View(column));
  const std::string value = at == table_->columns_.end() ? "" : table_->rows_[at_][at->second];
  status = absl::InvalidArgumentError(absl::StrCat(Where(table_->file_name_, at_ + 2), ": column ", View(column),
                                                   ", value '", value, "': ", View(rule)));
}

std::string CsvTable::Row::Text(std::string_view column) {
  const auto at = table_->columns_.find(View(column));
  if (at == table_->columns_.end()) {
    Refuse(column, "there is no such column");
    return "";
  }
  return table_->rows_[at_][at->second];
}

std::string CsvTable::Row::Name(std::string_view column) {
  std::string text = Text(column);
  if (text.empty()) Refuse(column, "may not be empty");
  return text;
}

std::int64_t CsvTable::Row::Integer(std::string_view column, Bounds bounds) {
  const std::string text = Text(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < bounds.min ||
      value > bounds.max) {
    Refuse(column, absl::StrCat("is no whole number from ", bounds.min, " to ", bounds.max));
    return 0;
  }
  return value;
}

std::int64_t CsvTable::Row::IntegerOrEmpty(std::string_view column, Bounds bounds) {
  return Text(column).empty() ? 0 : Integer(column, bounds);
}

std::int64_t CsvTable::Row::Decimal(std::string_view column, int digits) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  std::string text = Text(column);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t places = point == text.size() ? 0 : text.size() - point - 1;
  bool good = IsPlainNumber(text) && places <= static_cast<std::size_t>(digits);
  if (good) {
    // Without its point and padded to `digits` places the text is the integer asked for.
    text.erase(point, 1).append(static_cast<std::size_t>(digits) - places, '0');
    std::int64_t value = 0;
    for (char c : text) {
      const std::int64_t digit = c - '0';
      good = good && value <= (kMax - digit) / 10;
      if (good) value = value * 10 + digit;
    }
    if (good) return value;
  }
  Refuse(column, absl::StrCat("is no decimal number in range with at most ", digits, " places"));
  return 0;
}

double CsvTable::Row::Real(std::string_view column) {
  const std::string text = Text(column);
  double value = 0;
  if (!IsPlainNumber(text) || !absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
    Refuse(column, "is no number from 0");
    return 0;
  }
  return value;
}

bool CsvTable::Row::Boolean(std::string_view column) {
  const std::string text = Text(column);
  if (text != "true" && text != "false") Refuse(column, "is neither true nor false");
  return text == "true";
}

}  // namespace ecsmi::catalog
