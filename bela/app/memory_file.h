// The pedal's memory on disk: presets, settings and what played last. A power cut at any moment leaves the
// new file or the one before it, whole. Threads: setup() and the background task; never render().
//
// Lines of "key value" under a first line that names the format, and a last line with the CRC-32 of all
// before it. A new file is written beside the old one, synced, and renamed; the old one stays as
// NAME.previous. Keys that are not known are passed over, so that an older app can read what a newer one
// wrote.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bank_layout.h"
#include "finite.h"
#include "state.h"
#include "unicode.h"

namespace tonezoo {

constexpr char kMemoryTitle[] = "tonezoo pedal 1\n";
constexpr std::size_t kLargestMemory = 65536;

inline std::uint32_t checksum_of(const std::string& text) {
  return crc32(reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

inline void write_line(std::string& to, const char* key, const std::string& value) {
  to += key;
  to += ' ';
  to += value;
  to += '\n';
}
inline void write_line(std::string& to, const char* key, float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", static_cast<double>(value));
  write_line(to, key, std::string(text));
}

inline void write_sound(std::string& to, const Sound& sound) {
  char id[16];
  std::snprintf(id, sizeof id, "%08x", static_cast<unsigned>(sound.model));
  write_line(to, "model", std::string(id));
  write_line(to, "clean", sound.clean ? 1.0f : 0.0f);
  if (!sound.cab.empty()) write_line(to, "cabinet", sound.cab);
  for (int p = 0; p < kNumParameters; ++p) {
    if (kParameters[p].preset && p != kCab) write_line(to, kParameters[p].id, sound.values[p]);
  }
}

inline std::string memory_text(const Memory& memory) {
  std::string text = kMemoryTitle;
  write_line(text, "boot", static_cast<float>(memory.boot_preset));
  write_line(text, "bypass", memory.bypass ? 1.0f : 0.0f);
  for (int p = 0; p < kNumParameters; ++p) {
    if (!kParameters[p].preset) write_line(text, kParameters[p].id, memory.globals[p]);
  }
  write_line(text, "last", static_cast<float>(memory.last_preset));
  write_sound(text, memory.last);
  for (int slot = 0; slot < kNumPresets; ++slot) {
    if (memory.presets[slot].name.empty()) continue;
    write_line(text, "preset", static_cast<float>(slot));
    write_line(text, "name", memory.presets[slot].name);
    write_sound(text, memory.presets[slot].sound);
  }
  char sum[16];
  std::snprintf(sum, sizeof sum, "crc %08x\n", static_cast<unsigned>(checksum_of(text)));
  return text + sum;
}

// Puts the lines of a file where they belong; what is out of bounds is brought back into them.
class MemoryReader {
 public:
  explicit MemoryReader(Memory& memory) : memory_(memory) {}

  void line(const std::string& key, const std::string& value) {
    const int slot = whole(value);
    if (key == "boot") {
      memory_.boot_preset = slot;
    } else if (key == "bypass") {
      memory_.bypass = slot == 1;
    } else if (key == "last") {
      memory_.last_preset = slot;
      sound_ = &memory_.last;
    } else if (key == "preset") {
      preset_ = slot >= 0 ? &memory_.presets[slot] : nullptr;
      sound_ = preset_ != nullptr ? &preset_->sound : nullptr;
    } else if (key == "name") {
      if (preset_ != nullptr) make_name(value, preset_->name);
    } else if (sound_ != nullptr && key == "model") {
      sound_->model = static_cast<std::uint32_t>(std::strtoul(value.c_str(), nullptr, 16));
    } else if (sound_ != nullptr && key == "clean") {
      sound_->clean = slot == 1;
    } else if (sound_ != nullptr && key == "cabinet") {
      sound_->cab = value;
    } else {
      number(parameter_named(key.c_str()), std::strtof(value.c_str(), nullptr));
    }
  }

 private:
  static int whole(const std::string& value) {
    const long number = std::strtol(value.c_str(), nullptr, 10);
    return number >= 0 && number < kNumPresets ? static_cast<int>(number) : -1;
  }
  void number(int p, float value) {
    if (p < 0 || (kParameters[p].preset && sound_ == nullptr)) return;
    const Parameter& parameter = kParameters[p];
    value = bounded(value, 1000.0f);
    value = value < parameter.least ? parameter.least : value > parameter.most ? parameter.most : value;
    if (parameter.kind != Parameter::kRange) value = std::floor(value);
    (parameter.preset ? sound_->values : memory_.globals)[p] = value;
  }

  Memory& memory_;
  Preset* preset_ = nullptr;
  Sound* sound_ = nullptr;
};

// False, and `memory` unchanged, if the text is not whole.
inline bool read_memory(const std::string& text, Memory& memory) {
  const std::size_t title = sizeof kMemoryTitle - 1, tail = 13;  // "crc 0123abcd\n"
  if (text.size() < title + tail || text.compare(0, title, kMemoryTitle) != 0) return false;
  const std::string body = text.substr(0, text.size() - tail);
  if (text.compare(body.size(), 4, "crc ") != 0) return false;
  if (std::strtoul(text.c_str() + body.size() + 4, nullptr, 16) != checksum_of(body)) return false;
  Memory read;
  MemoryReader reader(read);
  for (std::size_t at = title; at < body.size();) {
    const std::size_t end = body.find('\n', at), space = body.find(' ', at);
    if (end == std::string::npos) break;
    if (space < end) reader.line(body.substr(at, space - at), body.substr(space + 1, end - space - 1));
    at = end + 1;
  }
  memory = read;
  return true;
}

class MemoryFile {
 public:
  explicit MemoryFile(const std::string& path) : path_(path) {}

  // Null, or what was wrong; then `memory` is the one before, or as it was.
  const char* load(Memory& memory) const {
    const std::string now = contents(path_);
    if (!now.empty() && read_memory(now, memory)) return nullptr;
    const bool before = read_memory(contents(path_ + ".previous"), memory);
    if (before) return "the presets were damaged; those of the save before are loaded";
    return now.empty() ? nullptr : "the presets are damaged, and there are none from before";
  }

  // Null, or why it could not be written; then the old file is as it was.
  const char* save(const Memory& memory) const {
    const std::string text = memory_text(memory), fresh = path_ + ".new";
    if (!write_whole(fresh, text)) {
      const int why = errno;
      ::unlink(fresh.c_str());
      return why == ENOSPC ? "the presets cannot be saved: the card is full"
                           : "the presets cannot be saved: the card cannot be written";
    }
    // Only a whole file may become the one before: a damaged one would take the last good one's place. As a
    // second name of the same file, so that there is one of the first name at every moment.
    Memory ignored;
    if (read_memory(contents(path_), ignored)) {
      const std::string before = path_ + ".previous";
      ::unlink(before.c_str());
      const int linked = ::link(path_.c_str(), before.c_str());
      static_cast<void>(linked);  // without it a damage would cost the presets, but this save goes on
    }
    if (std::rename(fresh.c_str(), path_.c_str()) != 0)
      return "the presets cannot be saved: the card cannot be written";
    sync_folder();
    return nullptr;
  }

 private:
  static std::string contents(const std::string& path) {
    std::string text;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return text;
    char piece[4096];
    ssize_t got;
    while (text.size() <= kLargestMemory && (got = ::read(file, piece, sizeof piece)) > 0) {
      text.append(piece, static_cast<std::size_t>(got));
    }
    ::close(file);
    return text.size() <= kLargestMemory ? text : std::string();
  }

  static bool write_whole(const std::string& path, const std::string& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return false;
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t put = ::write(file, text.data() + done, text.size() - done);
      if (put <= 0) break;
      done += static_cast<std::size_t>(put);
    }
    const bool whole = done == text.size() && ::fsync(file) == 0;
    return ::close(file) == 0 && whole;
  }

  void sync_folder() const {
    const std::size_t slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    const int file = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    ::fsync(file);
    ::close(file);
  }

  std::string path_;
};

}  // namespace tonezoo
