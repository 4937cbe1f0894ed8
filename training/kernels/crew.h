// Threads that wait for the next piece of work: a training step is too short to start threads for.
// Threads: run() belongs to one caller at a time.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  ~Crew() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      leaving_ = true;
    }
    begin_.notify_all();
    for (auto& worker : workers_) worker.join();
  }

  // Calls work(0) here and work(1) .. work(shares - 1) each on a thread of its own, and returns when all are
  // done. Throws what one of them threw.
  void run(std::size_t shares, const std::function<void(std::size_t)>& work) {
    while (workers_.size() + 1 < shares)
      workers_.emplace_back([this, me = workers_.size() + 1] { wait(me); });
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      error_ = nullptr;
      shares_ = shares;
      unfinished_ = shares - 1;
      ++round_;
    }
    begin_.notify_all();
    attempt(work, 0);
    std::unique_lock<std::mutex> lock(mutex_);
    end_.wait(lock, [this] { return unfinished_ == 0; });
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void attempt(const std::function<void(std::size_t)>& work, std::size_t me) {
    try {
      work(me);
    } catch (...) {
      std::lock_guard<std::mutex> lock(mutex_);
      error_ = std::current_exception();
    }
  }

  void wait(std::size_t me) {
    std::size_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      begin_.wait(lock, [&] { return leaving_ || round_ != seen; });
      if (leaving_) return;
      seen = round_;
      if (me >= shares_) continue;
      const auto& work = *work_;
      lock.unlock();
      attempt(work, me);
      lock.lock();
      if (--unfinished_ == 0) end_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable begin_, end_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::exception_ptr error_;
  std::size_t shares_ = 0, unfinished_ = 0, round_ = 0;
  bool leaving_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
