#include "catalog/csv.h"

#include <charconv>
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

absl::StatusOr<std::vector<std::string>> SplitLine(std::string_view file, std::size_t number, std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c != '"') {
        cells.back().push_back(c);
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        cells.back().push_back('"');
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && cells.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back().push_back(c);
    }
  }
  if (quoted) return absl::InvalidArgumentError(absl::StrCat(Where(file, number), ": a quote is not closed"));
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

std::int64_t CsvTable::Row::Integer(std::string_view column, std::int64_t empty_value) {
  const std::string text = Text(column);
  if (text.empty()) return empty_value;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    Refuse(column, "is no whole number from 0");
  return value;
}

std::int64_t CsvTable::Row::Decimal(std::string_view column, int digits) {
  const std::string text = Text(column);
  std::int64_t value = 0;
  int after_point = -1;
  for (char c : text) {
    if (c == '.' && after_point < 0) {
      after_point = 0;
    } else if (c >= '0' && c <= '9' && after_point < digits && value < 100'000'000'000'000'000) {
      value = value * 10 + (c - '0');
      if (after_point >= 0) ++after_point;
    } else {
      Refuse(column, absl::StrCat("is no decimal number with at most ", digits, " places"));
      return 0;
    }
  }
  for (int places = after_point < 0 ? 0 : after_point; places < digits; ++places) value *= 10;
  return value;
}

double CsvTable::Row::Real(std::string_view column) {
  const std::string text = Text(column);
  if (text.empty()) return 0;
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value >= 0)) Refuse(column, "is no number from 0");
  return value;
}

bool CsvTable::Row::Boolean(std::string_view column) {
  const std::string text = Text(column);
  if (text != "true" && text != "false") Refuse(column, "is neither true nor false");
  return text == "true";
}

}  // namespace ecsmi::catalog
