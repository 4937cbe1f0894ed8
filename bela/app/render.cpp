// The pedal on Bela: only what joins the platform to app/pedal.h.
//
// In a project this file lies at its root, with app/, engine/ and the page's files beside it, all flat.
// Settings come from the environment, since Bela's own main() owns the command line: TONEZOO_BANK (bank.bin),
// TONEZOO_MEMORY (presets.txt), TONEZOO_MIDI (hw:1,0,0); with TONEZOO_BENCH the program prints how long each
// model takes, and ends.
#include <Bela.h>
#include <libraries/Gui/Gui.h>
#include <libraries/Midi/Midi.h>
#include <time.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "app/bench.h"
#include "app/gui_link.h"
#include "app/pedal.h"

#ifndef TONEZOO_BOARD
#define TONEZOO_BOARD "bela"
#endif

namespace {

using namespace tonezoo;

Pedal pedal;
Gui gui;
Midi midi;
BelaCpuData cpu = {};
float pot = 0.0f, pot_step = 1.0f;

const char* setting(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

double seconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void control(void*) {
  std::vector<std::string> texts;
  while (!Bela_stopRequested()) {
    pedal.tick(seconds(), texts);
    for (const std::string& text : texts) send(gui, text);
    texts.clear();
    float meters[kNumMeters];
    if (pedal.meters(seconds(), meters)) gui.sendBuffer(0, meters);
    usleep(5000);
  }
}

void background(void*) {
  while (!Bela_stopRequested()) {
    pedal.caretaker.work();
    usleep(250000);
  }
}

void heard_midi(MidiChannelMessage message, void*) {
  if (message.getType() == kmmProgramChange) pedal.hear_program(message.getChannel(), message.getDataByte(0));
}

void sense(BelaContext* context) {
  constexpr unsigned kEvery = 16;
  for (unsigned t = 0; t < context->digitalFrames; t += kEvery) {
    const unsigned left = context->digitalFrames - t, frames = left < kEvery ? left : kEvery;
    for (int f = 0; f < kNumFootswitches; ++f) {
      pedal.audio.sense(f, digitalRead(context, static_cast<int>(t), f) != 0, frames);
    }
  }
  if (context->analogFrames > 0 && context->analogInChannels > 0) {
    pot += pot_step * (bounded(analogRead(context, 0, 0), 1.0f) - pot);
    pedal.audio.pot.store(pot, std::memory_order_relaxed);
  }
}

// One piece of a block, from and to the codec.
void process(BelaContext* context, unsigned from, unsigned frames) {
  float in[kChannels][kPiece], out[kChannels][kPiece];
  const float* ins[kChannels] = {nullptr, nullptr};
  float* const outs[kChannels] = {out[0], out[1]};
  for (unsigned c = 0; c < kChannels && c < context->audioInChannels; ++c) {
    for (unsigned t = 0; t < frames; ++t)
      in[c][t] = audioRead(context, static_cast<int>(from + t), static_cast<int>(c));
    ins[c] = in[c];
  }
  pedal.audio.process(ins, outs, frames);
  for (unsigned c = 0; c < kChannels && c < context->audioOutChannels; ++c) {
    for (unsigned t = 0; t < frames; ++t) {
      audioWrite(context, static_cast<int>(from + t), static_cast<int>(c), out[c][t]);
    }
  }
}

bool start(BelaContext* context) {
  Surroundings app;
  app.board = TONEZOO_BOARD;
  app.sample_rate = static_cast<unsigned>(context->audioSampleRate + 0.5f);
  app.block_size = context->audioFrames;
  app.inputs = context->audioInChannels;
  app.outputs = context->audioOutChannels;
  // Through 64 bits: after an hour the microseconds are beyond 32, and the board's processor would stop
  // there.
  const unsigned session =
      static_cast<unsigned>(static_cast<unsigned long long>(seconds() * 1e6)) * 2654435761u;
  std::string trouble;
  const char* const bank = setting("TONEZOO_BANK", "bank.bin");
  if (!pedal.start(app, bank, setting("TONEZOO_MEMORY", "presets.txt"), session, trouble)) {
    std::fprintf(stderr, "there is not enough memory for the pedal\n");
    return false;
  }
  if (!trouble.empty()) std::fprintf(stderr, "note: %s\n", trouble.c_str());
  return true;
}

}  // namespace

bool setup(BelaContext* context, void*) {
  if (std::getenv("TONEZOO_BENCH") != nullptr) {
    Rack rack;
    const unsigned rate = static_cast<unsigned>(context->audioSampleRate + 0.5f);
    const char* const why = rack.load(setting("TONEZOO_BANK", "bank.bin"), rate, context->audioFrames);
    if (why != nullptr) std::fprintf(stderr, "%s\n", why);
    if (why == nullptr) bench(rack, rate, context->audioFrames);
    return false;
  }
  if (!start(context)) return false;
  cpu.count = 1;
  pot_step = 1.0f - std::exp(-static_cast<float>(context->audioFrames) / (0.007f * context->audioSampleRate));
  for (int f = 0; f < kNumFootswitches && context->digitalFrames > 0; ++f) pinMode(context, 0, f, INPUT);
  if (gui.setup(context->projectName) != 0) {
    std::fprintf(stderr, "the page's port cannot be opened; another pedal may be using it\n");
    return false;
  }
  gui.setControlDataCallback([](JSONObject& object, void*) {
    pedal.hear(message_of(object));
    return true;
  });
  if (midi.readFrom(setting("TONEZOO_MIDI", "hw:1,0,0")) > 0) midi.setParserCallback(heard_midi);
  // Below the audio thread's 95; the background task is the least urgent.
  Bela_runAuxiliaryTask(control, 50);
  Bela_runAuxiliaryTask(background, 10);
  return true;
}

void render(BelaContext* context, void*) {
  Bela_cpuTic(&cpu);
  pedal.audio.begin_block();
  for (unsigned done = 0; done < context->audioFrames; done += kPiece) {
    const unsigned left = context->audioFrames - done;
    process(context, done, left < kPiece ? left : static_cast<unsigned>(kPiece));
  }
  sense(context);
  pedal.audio.underruns.store(context->underrunCount, std::memory_order_relaxed);
  pedal.audio.end_block();
  Bela_cpuToc(&cpu);
  pedal.audio.load.note(0.01f * cpu.percentage);
}

void cleanup(BelaContext*, void*) { pedal.stop(); }
