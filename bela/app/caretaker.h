// What takes its time: writing presets to the card, and loading a bank that was deployed while the pedal
// plays. Threads: start() in setup(), work() in the background task, the rest in the control thread.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <mutex>
#include <string>

#include "memory_file.h"
#include "rack.h"
#include "state.h"

namespace tonezoo {

class Caretaker {
 public:
  void start(const std::string& bank, const std::string& memory, unsigned sample_rate, unsigned block_size) {
    bank_ = bank;
    file_.reset(new MemoryFile(memory));
    sample_rate_ = sample_rate;
    block_size_ = block_size;
    loaded_ = Stamp(bank_);
  }
  const MemoryFile& file() const { return *file_; }

  // To be written soon; only the last one counts.
  void keep(const Memory& memory) {
    const std::lock_guard<std::mutex> lock(desk_);
    waiting_ = memory;
    is_waiting_ = true;
  }
  // A new bank, or null.
  std::shared_ptr<Rack> take_rack() {
    const std::lock_guard<std::mutex> lock(desk_);
    std::shared_ptr<Rack> rack;
    rack.swap(rack_);
    return rack;
  }
  // Why something could not be done, once; empty if all is well. `command`: what it was for.
  std::string take_trouble(std::string& command) {
    const std::lock_guard<std::mutex> lock(desk_);
    std::string trouble;
    trouble.swap(trouble_);
    command = troubled_;
    return trouble;
  }

  // A few times a second.
  void work() {
    write();
    look_at_bank();
  }
  // Only what is to be written: when the pedal stops.
  void write() {
    Memory memory;
    {
      const std::lock_guard<std::mutex> lock(desk_);
      if (!is_waiting_) return;
      is_waiting_ = false;
      memory = waiting_;
    }
    if (const char* why = file_->save(memory)) complain("save", why);
  }

 private:
  // What tells one version of a file from another.
  struct Stamp {
    long long size = -1, seconds = 0, nanoseconds = 0, inode = 0;
    Stamp() {}
    explicit Stamp(const std::string& path) {
      struct stat s;
      if (::stat(path.c_str(), &s) != 0) return;
      size = s.st_size;
      seconds = s.st_mtim.tv_sec;
      nanoseconds = s.st_mtim.tv_nsec;
      inode = static_cast<long long>(s.st_ino);
    }
    bool operator==(const Stamp& o) const {
      return size == o.size && seconds == o.seconds && nanoseconds == o.nanoseconds && inode == o.inode;
    }
  };

  // A file that is being written is left alone until it looks the same twice.
  void look_at_bank() {
    const Stamp now(bank_);
    const bool still = now == looked_;
    looked_ = now;
    if (!still || now == loaded_ || now.size < 0) return;
    loaded_ = now;
    std::shared_ptr<Rack> rack = std::make_shared<Rack>();
    if (const char* why = rack->load(bank_.c_str(), sample_rate_, block_size_)) return complain("bank", why);
    if (!rack->trouble().empty()) complain("bank", rack->trouble());
    const std::lock_guard<std::mutex> lock(desk_);
    rack_ = rack;
  }

  void complain(const char* command, const std::string& why) {
    const std::lock_guard<std::mutex> lock(desk_);
    troubled_ = command;
    trouble_ = why;
  }

  std::string bank_, trouble_, troubled_;
  std::unique_ptr<MemoryFile> file_;
  unsigned sample_rate_ = 44100, block_size_ = 16;
  Stamp loaded_, looked_;
  std::mutex desk_;
  Memory waiting_;
  bool is_waiting_ = false;
  std::shared_ptr<Rack> rack_;
};

}  // namespace tonezoo
