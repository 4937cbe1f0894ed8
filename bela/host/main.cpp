// The pedal on a PC: reads sound from a file or the sound device, calls the app as Bela would, and keeps what
// comes out.
//
// Sound files are raw 32-bit floats, interleaved. The first line on stdout says where the page is.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "Bela.h"
#include "options.h"
#include "server.h"
#include "sound_device.h"

double hostBlockSeconds = 1.0;
std::atomic<bool> hostStopping{false};
std::vector<std::thread> hostTasks;
host::Server hostServer;

namespace {

using host::Options;

volatile std::sig_atomic_t interrupted = 0;
void interrupt(int) { interrupted = 1; }

std::vector<float> floats_of(const std::string& path) {
  std::vector<float> samples;
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return samples;
  float piece[4096];
  std::size_t got;
  while ((got = std::fread(piece, sizeof(float), 4096, file)) > 0)
    samples.insert(samples.end(), piece, piece + got);
  std::fclose(file);
  return samples;
}

// Where sound comes from and goes to, block by block.
class Desk {
 public:
  explicit Desk(const Options& options) : options_(options) {}
  ~Desk() {
    if (out_ != nullptr) std::fclose(out_);
  }

  // Null, or why there is no sound at all.
  std::string open() {
    if (!options_.in.empty()) sound_ = floats_of(options_.in);
    if (!options_.in.empty() && sound_.empty()) return options_.in + " holds no sound";
    if (!options_.out.empty() && (out_ = std::fopen(options_.out.c_str(), "wb")) == nullptr) {
      return options_.out + " cannot be written";
    }
    if (options_.fast || options_.silent) return std::string();
    device_.reset(new host::SoundDevice);
    const std::string why = device_->open(options_.sample_rate, options_.device);
    if (why.empty()) return std::string();
    device_.reset();
    if (options_.device) return "there is no sound device (" + why + "); give a recording with --in";
    std::fprintf(stderr, "note: there is no sound device (%s): you can see the pedal but not hear it\n",
                 why.c_str());
    return std::string();
  }

  // False: the recording is through.
  bool fill(std::vector<float>& in) {
    if (options_.device) {
      device_->read(in.data(), options_.block);
      return true;
    }
    if (sound_.empty()) return true;
    if (options_.fast && at_ >= sound_.size()) return false;
    for (float& x : in) {
      x = at_ < sound_.size() ? sound_[at_] : 0.0f;
      ++at_;
      if (!options_.fast && at_ >= sound_.size()) at_ = 0;
    }
    return true;
  }
  void keep(std::vector<float>& out, std::size_t frames) {
    if (out_ != nullptr && std::fwrite(out.data(), sizeof(float), 2 * frames, out_) != 2 * frames)
      lost_ = true;
    if (device_ != nullptr) device_->write(out.data(), static_cast<unsigned>(frames));
  }
  // Writes what is still held back. False: the disk was full.
  bool finish() {
    if (out_ != nullptr && std::fclose(out_) != 0) lost_ = true;
    out_ = nullptr;
    return !lost_;
  }
  // Frames left of a recording that is played once.
  std::size_t left() const { return at_ < sound_.size() ? (sound_.size() - at_) / options_.in_channels : 0; }
  unsigned underruns() const { return device_ != nullptr ? device_->underruns() : 0; }
  bool has_clock() const { return options_.fast || device_ != nullptr; }

 private:
  const Options& options_;
  std::vector<float> sound_;
  std::size_t at_ = 0;
  std::FILE* out_ = nullptr;
  bool lost_ = false;
  std::unique_ptr<host::SoundDevice> device_;
};

// Sleeps until it is time for the next block; too late by more than a tenth of a second is an underrun.
class Clock {
 public:
  explicit Clock(double block_seconds) : step_(block_seconds), next_(std::chrono::steady_clock::now()) {}
  void wait(std::uint32_t& underruns) {
    next_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(step_);
    const auto now = std::chrono::steady_clock::now();
    if (now > next_ + std::chrono::milliseconds(100)) {
      ++underruns;
      next_ = now;
    }
    // A few blocks at once: waking for each of 16 samples would cost more than the sound.
    if (next_ > now + std::chrono::milliseconds(3)) std::this_thread::sleep_until(next_);
  }

 private:
  std::chrono::duration<double> step_;
  std::chrono::steady_clock::time_point next_;
};

void play(BelaContext& context, const Options& options, Desk& desk) {
  std::vector<float> in(options.block * options.in_channels), out(options.block * 2);
  context.audioIn = in.data();
  context.audioOut = out.data();
  if (options.fast) {  // what is heard of a model that starts is not part of the recording
    for (unsigned done = 0; done < options.sample_rate / 4; done += options.block) render(&context, nullptr);
  }
  const double limit = options.seconds > 0.0 ? options.seconds * options.sample_rate : 1e18;
  Clock clock(hostBlockSeconds);
  for (double done = 0.0; done < limit && interrupted == 0; done += options.block) {
    const std::size_t left = options.fast ? desk.left() : options.block;
    if (!desk.fill(in)) break;
    context.underrunCount =
        context.underrunCount > desk.underruns() ? context.underrunCount : desk.underruns();
    render(&context, nullptr);
    desk.keep(out, left < options.block ? left : options.block);
    if (!desk.has_clock()) clock.wait(context.underrunCount);
  }
}

int run(const Options& options) {
  hostServer.folder = options.page;
  hostServer.port = options.port;
  hostServer.all_addresses = options.listen;
  hostServer.off = options.page.empty();
  setenv("TONEZOO_BANK", options.bank.c_str(), 1);
  setenv("TONEZOO_MEMORY", options.memory.c_str(), 1);
  setenv("TONEZOO_MIDI", options.midi.c_str(), 1);
  if (options.bench) setenv("TONEZOO_BENCH", "1", 1);
  BelaContext context = {};
  context.audioFrames = options.block;
  context.audioInChannels = options.device ? 2 : options.in_channels;
  context.audioOutChannels = 2;
  context.audioSampleRate = static_cast<float>(options.sample_rate);
  std::snprintf(context.projectName, sizeof context.projectName, "tonezoo");
  hostBlockSeconds = static_cast<double>(options.block) / options.sample_rate;
  Desk desk(options);
  const std::string why = options.bench ? std::string() : desk.open();
  if (!why.empty()) return std::fprintf(stderr, "%s\n", why.c_str()), 3;
  if (!setup(&context, nullptr)) return options.bench ? 0 : 3;
  if (!hostServer.off) {
    std::printf("http://127.0.0.1:%u/projects/tonezoo/main.html\n", hostServer.port);
    std::fflush(stdout);
  }
  for (const std::string& command : options.commands) hostServer.on_control(command);
  if (!options.commands.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  play(context, options, desk);
  hostStopping = true;
  for (std::thread& task : hostTasks) task.join();
  hostServer.stop();
  cleanup(&context, nullptr);
  if (!desk.finish()) return std::fprintf(stderr, "%s is cut: the disk is full\n", options.out.c_str()), 3;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const std::string why = options.read(argc, argv);
  if (!why.empty()) return std::fprintf(stderr, "%s\n", why.c_str()), 2;
  if (options.device) options.in_channels = 2;
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  return run(options);
}
