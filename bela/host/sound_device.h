// The default sound device, if this computer has one: ALSA, found when it is needed.
// Threads: the one that calls render().
#pragma once

#include <dlfcn.h>

#include <string>

namespace host {

class SoundDevice {
 public:
  ~SoundDevice() {
    if (capture_ != nullptr) close_(capture_);
    if (playback_ != nullptr) close_(playback_);
  }

  // Null, or why there is none. `listens`: its input is wanted too. Two channels of float.
  std::string open(unsigned sample_rate, bool listens) {
    void* const library = ::dlopen("libasound.so.2", RTLD_NOW);
    if (library == nullptr) return "the ALSA library is not installed";
    if (!find(library, "snd_pcm_open", open_) || !find(library, "snd_pcm_set_params", set_) ||
        !find(library, "snd_pcm_readi", read_) || !find(library, "snd_pcm_writei", write_) ||
        !find(library, "snd_pcm_recover", recover_) || !find(library, "snd_pcm_close", close_) ||
        !find(library, "snd_strerror", explain_)) {
      return "the ALSA library is not what it should be";
    }
    // It would print a page of its own reasons; one sentence is enough.
    void (*set_handler)(Complaint) = nullptr;
    if (find(library, "snd_lib_error_set_handler", set_handler)) set_handler(say_nothing);
    std::string why = open(playback_, kPlayback, sample_rate);
    if (why.empty() && listens) why = open(capture_, kCapture, sample_rate);
    return why;
  }

  void read(float* samples, unsigned frames) { move(read_, capture_, samples, frames); }
  // Waits until there is room: this is the clock.
  void write(float* samples, unsigned frames) { move(write_, playback_, samples, frames); }
  unsigned underruns() const { return underruns_; }

 private:
  using Complaint = void (*)(const char* file, int line, const char* function, int error, const char* format,
                             ...);
  static void say_nothing(const char*, int, const char*, int, const char*, ...) {}
  using Move = long (*)(void*, void*, unsigned long);
  static constexpr int kPlayback = 0, kCapture = 1, kFloat = 14, kInterleaved = 3;
  static constexpr unsigned kLatency = 10000;  // microseconds

  template <class Function>
  static bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
  }
  std::string open(void*& pcm, int direction, unsigned sample_rate) {
    int error = open_(&pcm, "default", direction, 0);
    if (error < 0) pcm = nullptr;
    if (error >= 0) error = set_(pcm, kFloat, kInterleaved, 2, sample_rate, 1, kLatency);
    return error >= 0 ? std::string() : std::string(explain_(error));
  }
  void move(Move how, void* pcm, float* samples, unsigned frames) {
    while (frames > 0) {
      long done = how(pcm, samples, frames);
      if (done < 0) {
        ++underruns_;
        done = recover_(pcm, static_cast<int>(done), 1);
        if (done < 0) return;
        continue;
      }
      samples += 2 * done;
      frames -= static_cast<unsigned>(done);
    }
  }

  int (*open_)(void**, const char*, int, int) = nullptr;
  int (*set_)(void*, int, int, unsigned, unsigned, int, unsigned) = nullptr;
  Move read_ = nullptr, write_ = nullptr;
  int (*recover_)(void*, int, int) = nullptr;
  int (*close_)(void*) = nullptr;
  const char* (*explain_)(int) = nullptr;
  void *capture_ = nullptr, *playback_ = nullptr;
  unsigned underruns_ = 0;
};

}  // namespace host
