// The pedal among accidents and strangers: banks that change, are damaged or missing, nonsense, floods,
// blocks of any length. argv[1]: a folder to write in.
#include "stage.h"

extern "C" std::size_t __sanitizer_get_current_allocated_bytes();

using namespace tonezoo;

static void a_bank_is_swapped_while_it_plays() {
  furnish();
  Stage stage;
  stage.say(model(1));  // two of these fit at once
  stage.play(0.5);
  const float* const steady = &stage.heard[stage.heard.size() - 11025];
  const float usual = greatest_step(steady, 11025);
  const double loud = rms(steady, 11025);
  stage.heard.clear();
  for (int round = 0; round < 6; ++round) {
    BankMaker other = usual_bank();
    if (round % 2 == 0) std::swap(other.models[0], other.models[1]);
    if (round == 4) other.cabs = {};
    other.write(folder + "/bank.bin");
    stage.said.clear();
    for (int looks = 0; looks < 3; ++looks) {
      stage.pedal.caretaker.work();
      stage.play(0.1);
    }
    stage.play(0.3);
    promise(stage.told("\"event\":\"snapshot\""), "pages are told", round);
    promise(stage.told(round % 2 == 0 ? "\"state\":{\"model\":0" : "\"state\":{\"model\":1"),
            "the same model", round);
  }
  promise(greatest_step(stage.heard.data(), stage.heard.size()) <= 1.02f * usual, "no click");
  for (std::size_t t = 0; t + 882 < stage.heard.size(); t += 441) {
    promise(rms(&stage.heard[t], 882) > 0.5 * loud, "no gap", rms(&stage.heard[t], 882) / loud);
  }
}

static void a_bad_bank_is_told_and_what_played_goes_on() {
  furnish();
  Stage stage;
  stage.play(0.3);
  std::FILE* const file = std::fopen((folder + "/bank.bin").c_str(), "wb");
  std::fputs(
      "this is no bank, and it is long enough to have a header: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      file);
  std::fclose(file);
  for (int looks = 0; looks < 3; ++looks) stage.pedal.caretaker.work();
  stage.play(0.3);
  promise(stage.told("\"command\":\"bank\",\"reason\":\"this is no bank of models\""), "told");
  promise(stage.pedal.rack().size() == 4, "and it plays on");
  ::unlink((folder + "/bank.bin").c_str());
  for (int looks = 0; looks < 3; ++looks) stage.pedal.caretaker.work();
  stage.play(0.3);
  promise(stage.pedal.rack().size() == 4, "also without the file");
}

static void without_a_bank_it_is_a_clean_pedal() {
  unfurnish();
  Stage stage;
  promise(!stage.trouble.empty(), "it says so");
  stage.say(command("sync"));
  stage.play(0.5);
  promise(stage.told("\"models\":[]") && stage.told("\"model\":-1"), "an empty bank");
  promise(rms(&stage.heard[stage.heard.size() - 4410], 4410) > 0.1, "and it sounds");
  for (const char* name : {"next", "previous"}) stage.say(command(name));
  stage.say(model(0));
  stage.play(0.2);
  promise(stage.count("\"refused\"") == 3, "three refusals", stage.count("\"refused\""));
}

// Every command with every member of every type and size.
static void nothing_that_a_page_says_does_harm() {
  furnish();
  Stage stage;
  stage.recording = false;
  const double numbers[] = {-1e308,
                            -1.0,
                            0.0,
                            0.5,
                            1.0,
                            3.0,
                            15.0,
                            16.0,
                            17.0,
                            4294967296.0,
                            1e308,
                            std::log(-1.0),
                            1.0 / std::sin(0.0)};
  std::vector<Field> fields(3);
  fields[1].type = Field::kOther;
  fields[2] = truth(true);
  for (const double value : numbers) fields.push_back(number(value));
  for (const char* word : {"", "bass", "cab", "gate", "__proto__", "\xff\xfe", "model"})
    fields.push_back(text(word));
  fields.push_back(text(std::string(4000, 'a')));
  const char* const names[] = {"sync",  "set",  "model", "next",   "previous", "block", "bypass", "clean",
                               "tuner", "load", "save",  "rename", "erase",    "boot",  "",       "unknown"};
  unsigned seed = 1;
  const auto any = [&] { return fields[(seed = seed * 1664525u + 1013904223u) / 65536u % fields.size()]; };
  for (int i = 0; i < 9000; ++i) {
    Message message;
    message.command = i % 50 == 0 ? any() : text(names[static_cast<std::size_t>(i) % 16]);
    for (Field* field : {&message.id, &message.value, &message.index, &message.on, &message.slot,
                         &message.name, &message.from}) {
      *field = any();
    }
    if (i % 3 == 0) message.id = text(kParameters[static_cast<std::size_t>(i) / 3 % kNumParameters].id);
    stage.say(message);
    if (i % 3 == 2) stage.play(0.03);  // as fast as the pedal listens
    if (i % 1000 == 999) stage.pedal.caretaker.work();
  }
  stage.play(2.0);
  stage.said.clear();
  stage.say(command("sync"));
  stage.play(0.3);
  promise(stage.count("\"event\":\"snapshot\"") == 1, "it still answers");
  promise(stage.said[0].find("nan") == std::string::npos && stage.said[0].find("inf\"") == std::string::npos,
          "in JSON");
}

static void a_flood_of_messages_is_dropped_and_said_once_a_second() {
  furnish();
  Stage stage;
  for (int second = 0; second < 3; ++second) {
    for (int i = 0; i < 200; ++i) {
      for (int j = 0; j < 50; ++j) stage.say(set("bass", j % 12));
      stage.play(0.005);
    }
  }
  promise(stage.count("too many commands") >= 2 && stage.count("too many commands") <= 5, "said",
          stage.count("too many commands"));
  promise(stage.said.size() <= 31 * 3 + 10, "at most 30 messages a second",
          static_cast<double>(stage.said.size()));
  stage.play(1.0);
  stage.said.clear();
  stage.say(set("bass", -7));
  stage.play(0.1);
  promise(stage.told("\"bass\":-7"), "and it listens again");
}

// Nothing of them is played from: the first chance to let go of a bank must be taken.
static void banks_that_come_and_go_take_no_memory() {
  furnish();
  Stage stage;
  stage.recording = false;
  Message clean = command("clean");
  clean.on = truth(true);
  stage.say(clean);
  std::size_t taken = 0;
  for (int round = 0; round < 6; ++round) {
    usual_bank().write(folder + "/bank.bin");
    for (int looks = 0; looks < 2; ++looks) {
      stage.pedal.caretaker.work();
      stage.play(0.05);
    }
    stage.play(0.3);
    stage.said = std::vector<std::string>();
    if (round == 1) taken = __sanitizer_get_current_allocated_bytes();
  }
  promise(__sanitizer_get_current_allocated_bytes() < taken + 4096, "old banks are let go of",
          static_cast<double>(__sanitizer_get_current_allocated_bytes() - taken));
}

static void blocks_of_any_length_and_any_inputs_are_played() {
  furnish();
  for (const std::size_t block : {1, 2, 7, 16, 100, 128, 1000, 4096}) {
    for (const std::size_t inputs : {0, 1, 2}) {
      Stage stage(block, inputs);
      stage.say(model(block % 2 == 0 ? 1 : 3));  // 3 takes 16 samples at a time
      stage.play(0.6);
      const double loud = rms(&stage.heard[stage.heard.size() - 4096], 4096);
      promise(inputs == 0 || loud > 1e-3, "it is heard", static_cast<double>(block));
    }
  }
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  folder = argv[1];
  a_bank_is_swapped_while_it_plays();
  a_bad_bank_is_told_and_what_played_goes_on();
  banks_that_come_and_go_take_no_memory();
  blocks_of_any_length_and_any_inputs_are_played();
  without_a_bank_it_is_a_clean_pedal();
  nothing_that_a_page_says_does_harm();
  a_flood_of_messages_is_dropped_and_said_once_a_second();
  return broken_promises > 100 ? 100 : broken_promises;
}
