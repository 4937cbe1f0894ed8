// The pedal as a whole: pages, feet, MIDI, knob and power, on one thread with a clock of its own.
// argv[1]: a folder to write in.
#include "stage.h"

using namespace tonezoo;

static void a_page_gets_everything_and_then_what_changes() {
  furnish();
  Stage stage;
  promise(stage.trouble.empty(), "all is well");
  Message reply;
  reply.event = text("connection-reply");
  stage.say(reply);
  stage.play(0.3);
  promise(stage.count("\"event\":\"snapshot\"") == 1 && stage.told("\"name\":\"Crunch in frames\""),
          "a snapshot");
  stage.said.clear();
  stage.say(model(2));
  stage.play(0.05);
  promise(stage.told("\"pending\":2") && stage.told("\"from\":\"me\""), "it warms up");
  stage.play(0.3);
  promise(stage.told("\"model\":2,\"pending\":-1"), "and is heard");
  stage.said.clear();
  stage.say(set("bass", 99));
  stage.play(0.1);
  promise(stage.told("\"values\":{\"bass\":12}"), "a number beyond the range is limited to it");
}

static void the_seeds_buttons_do_what_they_did() {
  furnish();
  Stage stage;
  stage.say(model(1));
  stage.play(0.3);
  Message block = command("block");
  block.value = number(16);
  stage.say(block);
  stage.play(0.3);
  promise(stage.told("\"model\":3") && stage.told("\"modelBlock\":16"), "the same device, in frames");
  stage.say(command("next"));
  stage.play(0.3);
  promise(stage.told("\"model\":0"), "round and round");
  Message clean = command("clean");
  clean.on = truth(true);
  stage.say(clean);
  stage.play(0.3);
  promise(stage.told("\"clean\":true"), "clean");
  stage.said.clear();
  stage.say(block);
  stage.play(0.3);
  promise(stage.told("no model of this device that takes 16"), "refused in words");
}

static void feet_do_what_pages_do() {
  furnish();
  Stage stage;
  stage.play(0.3);
  const auto press = [&](int footswitch, double seconds) {
    stage.pedal.audio.sense(footswitch, false, 44100 / 50);
    for (double t = 0; t < seconds; t += 0.01) stage.pedal.audio.sense(footswitch, true, 441);
    for (int i = 0; i < 3; ++i) stage.pedal.audio.sense(footswitch, false, 441);
    stage.play(0.3);
  };
  press(0, 0.1);
  promise(stage.told("\"model\":1"), "next");
  press(1, 0.1);
  press(1, 0.1);
  promise(stage.told("\"model\":3"), "previous, twice");
  press(2, 0.1);
  promise(stage.told("\"bypass\":true"), "bypass");
  press(2, 0.9);
  promise(stage.told("\"tuner\":true"), "long: the tuner");
  stage.heard.clear();
  stage.play(0.5);
  promise(peak(&stage.heard[4410], stage.heard.size() - 4410) == 0.0f, "which is silent");
  float meters[kNumMeters];
  promise(stage.pedal.meters(stage.now, meters), "meters");
  press(2, 0.1);
  promise(stage.told("\"tuner\":false") && !stage.told("\"bypass\":false"), "the same foot leads out of it");
}

static void the_tuner_reaches_the_meters() {
  unfurnish();
  Stage stage;
  Message tuner = command("tuner");
  tuner.on = truth(true);
  stage.say(tuner);
  stage.play(0.5);
  float meters[kNumMeters];
  promise(stage.pedal.meters(stage.now, meters), "meters");
  // The chord's strings are all harmonics of 55 Hz or near one.
  promise(meters[8] == 1.0f && meters[9] == 33.0f, "a pitch is heard", meters[9]);
}

static void program_changes_select_by_channel_and_a_flood_does_no_harm() {
  furnish();
  Stage stage;
  stage.pedal.hear_program(3, 2);
  stage.play(0.3);
  promise(stage.told("\"model\":2"), "any channel");
  stage.say(set("midiChannel", 2));
  stage.play(0.1);
  stage.said.clear();
  stage.pedal.hear_program(3, 0);
  stage.play(0.3);
  promise(!stage.told("\"model\""), "another channel's are not heard");
  stage.pedal.hear_program(1, 1);
  stage.pedal.hear_program(16, 0);
  stage.pedal.hear_program(-1, 0);
  stage.pedal.hear_program(1, 128);
  stage.play(0.3);
  promise(stage.told("\"model\":1"), "its own are, and nonsense is not");
  stage.said.clear();
  for (int i = 0; i < 100000; ++i) {
    stage.pedal.hear_program(1, i % 128);
    if (i % 200 == 0) stage.play(0.005);
  }
  stage.pedal.hear_program(1, 3);
  stage.play(0.4);
  promise(stage.told("\"model\":3,\"pending\":-1"), "the last one counts");
  promise(stage.said.size() < 31 * 4 + 40, "pages are not flooded", static_cast<double>(stage.said.size()));
  stage.say(with_slot("save", 5));
  stage.say(set("midiProgram", 1));
  stage.play(0.1);
  stage.pedal.hear_program(1, 0);
  stage.say(model(0));
  stage.play(0.3);
  stage.said.clear();
  stage.pedal.hear_program(1, 5);
  stage.play(0.3);
  promise(stage.told("\"pending\":3") && stage.told("\"modified\":false"), "or presets");
}

static void the_knob_selects_when_it_is_turned_and_does_not_flicker() {
  furnish();
  Stage stage;
  stage.pedal.audio.pot.store(0.9f);
  stage.say(set("pot", 1));
  stage.play(0.3);
  promise(!stage.told("\"model\":3"), "where it stands says nothing");
  stage.pedal.audio.pot.store(0.1f);
  stage.play(0.3);
  promise(stage.told("\"values\":{\"pot\":1}"), "on");
  stage.said.clear();
  stage.pedal.audio.pot.store(0.60f);
  stage.play(0.3);
  promise(stage.told("\"model\":2"), "the third quarter");
  stage.said.clear();
  const Signal shaking = noise(400);
  for (const float x : shaking) {  // on the border between two, with noise
    stage.pedal.audio.pot.store(0.5f + 0.05f * x);
    stage.play(0.005);
  }
  promise(stage.count("\"pending\"") == 0, "no flicker", stage.count("\"pending\""));
}

static void it_wakes_up_as_it_was_or_with_its_boot_preset() {
  furnish();
  {
    Stage stage;
    stage.say(model(2));
    stage.say(set("treble", 4));
    stage.say(set("cab", 1));
    stage.say(with_slot("save", 0));
    stage.say(model(1));
    stage.play(0.5);
    stage.pedal.stop();
  }
  {
    Stage stage;
    stage.say(command("sync"));
    stage.play(0.5);  // without any page: sound is there
    promise(rms(&stage.heard[stage.heard.size() - 4410], 4410) > 1e-3, "sound at once");
    promise(stage.told("\"model\":1") && stage.told("\"treble\":4") && stage.told("\"cab\":1"), "as it was");
    stage.say(with_slot("boot", 0));
    stage.play(0.5);
    stage.pedal.caretaker.work();  // and now the plug is pulled
  }
  Stage stage;
  stage.say(command("sync"));
  stage.play(0.5);
  promise(stage.told("\"model\":2") && stage.told("\"bootPreset\":0"), "its boot preset");
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  folder = argv[1];
  a_page_gets_everything_and_then_what_changes();
  the_seeds_buttons_do_what_they_did();
  feet_do_what_pages_do();
  the_tuner_reaches_the_meters();
  program_changes_select_by_channel_and_a_flood_does_no_harm();
  the_knob_selects_when_it_is_turned_and_does_not_flicker();
  it_wakes_up_as_it_was_or_with_its_boot_preset();
  return broken_promises > 100 ? 100 : broken_promises;
}
