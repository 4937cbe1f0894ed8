// Keeps the pages in step: what changed, or everything, and no more often than a page can bear.
// Threads: the control thread.
#pragma once

#include <string>
#include <vector>

#include "allowance.h"
#include "speech.h"

namespace tonezoo {

class Reporter {
 public:
  void start(const Surroundings& app, unsigned session) {
    app_ = app;
    char text[16];
    std::snprintf(text, sizeof text, "%08x", session);
    session_ = text;
  }

  // Everything is due: a page has come, asked, or there is another bank.
  void want_snapshot() { snapshot_due_ = true; }
  // A command of `from` was taken; what it changed is told under that name unless others changed something
  // too.
  void taken(const std::string& from) {
    from_ = takers_ == 0 || from == from_ ? from : std::string();
    ++takers_;
  }
  void refuse(double now, const std::string& command, const std::string& from, const std::string& reason) {
    if (refusals_.take(now)) waiting_.push_back(json_refusal(command, from, reason));
  }

  // Appends what is due now.
  void tell(double now, const Shown& shown, const Rack& rack, std::vector<std::string>& out) {
    if (snapshot_due_ && now - snapshot_at_ >= 0.25) {
      if (!json_state(shown, &told_).empty()) ++revision_;
      out.push_back(json_snapshot(app_, rack, shown, session_, revision_));
      snapshot_at_ = now;
      snapshot_due_ = false;
      told(now, shown);
    } else if (!snapshot_due_ && now - told_at_ >= 1.0 / 30.5) {
      const std::string changed = json_state(shown, &told_);
      if (!changed.empty()) {
        out.push_back(json_change(changed, session_, ++revision_, from_));
        told(now, shown);
      } else if (now - told_at_ >= 0.1) {
        takers_ = 0;
        from_.clear();
      }
    }
    for (std::string& text : waiting_) out.push_back(std::move(text));
    waiting_.clear();
  }

 private:
  void told(double now, const Shown& shown) {
    told_ = shown;
    told_at_ = now;
    takers_ = 0;
    from_.clear();
  }

  Surroundings app_;
  std::string session_, from_;
  unsigned revision_ = 1;
  int takers_ = 0;
  bool snapshot_due_ = false;
  double snapshot_at_ = -1.0, told_at_ = -1.0;
  Allowance refusals_{4.0, 4.0};
  std::vector<std::string> waiting_;
  Shown told_;
};

}  // namespace tonezoo
