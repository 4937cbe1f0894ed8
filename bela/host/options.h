// The host's command line. `zoo bela simulate` writes it; nobody need type it.
// Threads: main()'s.
#pragma once

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace host {

struct Options {
  std::string bank, memory, page, in, out, midi;
  std::vector<std::string> commands;  // what a page would say, before sound runs
  unsigned port = 0, sample_rate = 44100, block = 16, in_channels = 1;
  double seconds = 0.0;  // 0: until it is stopped, or --fast is through the file
  bool fast = false, device = false, listen = false, bench = false, silent = false;

  // Null, or what is wrong with an argument.
  std::string read(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string name = argv[i];
      if (flag(name)) continue;
      if (i + 1 == argc) return name + " needs a value";
      if (!value(name, argv[++i])) return "there is no option " + name;
    }
    if (block < 1 || block > 4096) return "--block is 1 to 4096";
    if (sample_rate < 8000 || sample_rate > 384000) return "--rate is 8000 to 384000";
    return in_channels <= 2 ? std::string() : "--channels is 0 to 2";
  }

 private:
  bool flag(const std::string& name) {
    bool* const known = name == "--fast"     ? &fast
                        : name == "--device" ? &device
                        : name == "--listen" ? &listen
                        : name == "--bench"  ? &bench
                        : name == "--silent" ? &silent
                                             : nullptr;
    if (known != nullptr) *known = true;
    return known != nullptr;
  }
  bool value(const std::string& name, const char* text) {
    std::string* const words = name == "--bank"     ? &bank
                               : name == "--memory" ? &memory
                               : name == "--page"   ? &page
                               : name == "--in"     ? &in
                               : name == "--out"    ? &out
                               : name == "--midi"   ? &midi
                                                    : nullptr;
    unsigned* const number = name == "--port"       ? &port
                             : name == "--rate"     ? &sample_rate
                             : name == "--block"    ? &block
                             : name == "--channels" ? &in_channels
                                                    : nullptr;
    if (words != nullptr) *words = text;
    if (number != nullptr) *number = static_cast<unsigned>(std::strtoul(text, nullptr, 10));
    if (name == "--seconds") seconds = std::strtod(text, nullptr);
    if (name == "--command") commands.push_back(text);
    return words != nullptr || number != nullptr || name == "--seconds" || name == "--command";
  }
};

}  // namespace host
