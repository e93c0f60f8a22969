#pragma once

#include <string>
#include <vector>

namespace ecsmi::ctl {

// How a cell is painted on a terminal.
enum class Colour { kNone, kGood, kBusy, kBad, kFaint };

struct Cell {
  Cell(std::string its_text, Colour its_colour = Colour::kNone)  // NOLINT(google-explicit-constructor): {a, b, {c, x}}
      : text(std::move(its_text)), colour(its_colour) {}
  Cell(const char* its_text) : text(its_text) {}  // NOLINT(google-explicit-constructor)
  std::string text;
  Colour colour = Colour::kNone;
};

struct Column {
  std::string title;
  bool right = false;  // numbers
  // Above 0: when the table is too wide this is cut first, to that many columns at least; its title, too.
  int least = 0;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

struct PrintOptions {
  int width = 0;  // columns of the terminal; 0 = as wide as it gets
  bool colour = false;
};

// The table as lines of text, each ended by '\n', two spaces between columns, none at the ends of lines. All cells pass
// through Safe. In a table wider than `width` columns are cut, the widest first. Pure.
std::string Print(const Table& table, const PrintOptions& options);

// `text` (Safe already) in that colour, when colours are wanted.
std::string Paint(const std::string& text, Colour colour, bool wanted);
// What a status means for who looks: RUNNING and ACTIVE are good, what moves is busy, what failed is bad.
Colour ColourOfStatus(const std::string& status);

}  // namespace ecsmi::ctl
