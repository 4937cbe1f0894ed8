// What render() promises while everything else goes on: it never allocates, frees or takes a lock, in blocks
// of any length and with any inputs. argv[1]: a folder to write in. Linked with COUNTED.
#include "../engine/realtime_check.h"
#include "stage.h"

using namespace tonezoo;

static int waited(Stage& stage, double seconds) {
  const int before = waits;
  for (double t = 0.0; t < seconds; t += static_cast<double>(stage.block) / 44100.0) stage.render();
  return waits - before;
}

static void in_blocks_of(std::size_t block, std::size_t inputs) {
  Stage stage(block, inputs);
  stage.recording = false;
  int count = waited(stage, 0.3);
  const char* const switches[] = {"bypass", "clean", "tuner"};
  for (int i = 0; i < 12; ++i) {  // every model, switch and way of listening, with sound in between
    stage.say(i % 5 == 4 ? set("channels", i % 3) : model(i % 4));
    stage.say(set("cab", i % 2));
    stage.say(set("gate", i % 2));
    stage.say(set("treble", i - 6));
    Message turn = command(switches[i % 3]);
    turn.on = truth(i % 4 < 2);
    stage.say(turn);
    stage.now += 0.2;
    stage.pedal.tick(stage.now, stage.said);
    for (int f = 0; f < kNumFootswitches; ++f) stage.pedal.audio.sense(f, i % 2 == 0, 441);
    count += waited(stage, i % 2 == 0 ? 0.02 : 0.2);
  }
  promise(count == 0, "render() never waits", count);
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  folder = argv[1];
  furnish();
  promise(calls_are_counted(), "it is counted at all");
  for (const std::size_t block : {1, 2, 16, 24, 64, 100, 128, 441, 1024, 4096}) in_blocks_of(block, 1);
  in_blocks_of(16, 0);
  in_blocks_of(16, 2);
  in_blocks_of(3, 2);
  return broken_promises > 100 ? 100 : broken_promises;
}
