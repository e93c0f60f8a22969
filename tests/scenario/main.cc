// test_scenario [--rewrite] FILE|DIRECTORY…: plays scenario files; exits 1 when one does not end as it says.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "scenario/runner.h"
#include "scenario/script.h"

namespace ecsmi::scenario {
namespace {

void Print(const char* sign, const std::string& text) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    std::printf("    %s %s\n", sign, line.c_str());
  }
}

// True when the file is as it says (after rewriting: when what is left is).
bool Check(const std::string& path, bool rewrite) {
  const auto script = ReadScript(path);
  if (!script.ok()) {
    std::printf("%s\n", std::string(script.status().message()).c_str());
    return false;
  }
  const auto differences = Play(*script);
  if (!differences.ok()) {
    std::printf("%s: %s\n", path.c_str(), std::string(differences.status().message()).c_str());
    return false;
  }
  bool good = true;
  for (const Difference& difference : *differences) {
    if (rewrite && difference.rewritable) continue;
    good = false;
    std::printf("%s:%d\n", path.c_str(), difference.line);
    Print("-", difference.expected);
    Print("+", difference.actual);
  }
  if (rewrite && !differences->empty()) std::ofstream(path) << Rewritten(*script, *differences);
  return good;
}

int Main(const std::vector<std::string>& arguments) {
  bool rewrite = false;
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    if (argument == "--rewrite") {
      rewrite = true;
    } else if (std::filesystem::is_directory(argument)) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(argument)) {
        if (entry.path().extension() == ".scn") files.push_back(entry.path().string());
      }
    } else {
      files.push_back(argument);
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::printf("usage: test_scenario [--rewrite] FILE|DIRECTORY…\n");
    return 2;
  }
  std::size_t bad = 0;
  for (const std::string& file : files) bad += Check(file, rewrite) ? 0u : 1u;
  std::printf("%zu scenarios, %zu of them not as they say\n", files.size(), bad);
  return bad == 0 ? 0 : 1;
}

}  // namespace
}  // namespace ecsmi::scenario

int main(int argc, char** argv) {
  return ecsmi::scenario::Main({argv + 1, argv + argc});
}
