// As much of Bela's API as the pedal uses, for a PC: the same app compiles here without a change.
// Threads: the host calls render() on one thread; auxiliary tasks are threads of their own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

constexpr int INPUT = 0;

struct BelaContext {
  const float* audioIn;  // interleaved
  float* audioOut;
  std::uint32_t audioFrames, audioInChannels, audioOutChannels;
  float audioSampleRate;
  std::uint32_t analogFrames, analogInChannels, digitalFrames;
  std::uint32_t underrunCount;
  char projectName[64];
};

struct BelaCpuData {
  unsigned count;
  float percentage;
  std::chrono::steady_clock::time_point tic;
};

bool setup(BelaContext* context, void* userData);
void render(BelaContext* context, void* userData);
void cleanup(BelaContext* context, void* userData);

inline float audioRead(BelaContext* context, int frame, int channel) {
  return context->audioIn[static_cast<std::uint32_t>(frame) * context->audioInChannels +
                          static_cast<std::uint32_t>(channel)];
}
inline void audioWrite(BelaContext* context, int frame, int channel, float value) {
  context->audioOut[static_cast<std::uint32_t>(frame) * context->audioOutChannels +
                    static_cast<std::uint32_t>(channel)] = value;
}
// A PC has no pins: digitalFrames and analogFrames are 0.
inline float analogRead(BelaContext*, int, int) { return 0.0f; }
inline int digitalRead(BelaContext*, int, int) { return 0; }
inline void pinMode(BelaContext*, int, int, int) {}

// Share of the time between two calls of render() that it took; the host says how long that is.
extern double hostBlockSeconds;
inline void Bela_cpuTic(BelaCpuData* cpu) { cpu->tic = std::chrono::steady_clock::now(); }
inline void Bela_cpuToc(BelaCpuData* cpu) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - cpu->tic;
  cpu->percentage = static_cast<float>(100.0 * took.count() / hostBlockSeconds);
}

extern std::atomic<bool> hostStopping;
extern std::vector<std::thread> hostTasks;
inline int Bela_stopRequested() { return hostStopping ? 1 : 0; }
inline void Bela_runAuxiliaryTask(void (*callback)(void*), int, void* argument = nullptr) {
  hostTasks.emplace_back(callback, argument);
}
