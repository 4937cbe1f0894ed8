// Feet, memory, tuner and commands: what the pedal makes of what people and accidents do to it.
//
// With an argument, a bank of at least three models, it is played from every side.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "app/footswitch.h"
#include "app/memory_file.h"
#include "app/pedal.h"
#include "app/tuner.h"
#include "check.h"

using namespace tonezoo;

// The presses that `down`, sampled every 16 frames, is heard as: S, L.
static std::string presses(const std::vector<bool>& down, bool has_long) {
  Footswitch footswitch;
  footswitch.start(44100.0f, has_long);
  std::string heard;
  for (const bool is : down) {
    const Press press = footswitch.sense(is, 16);
    if (press != Press::kNone) heard += press == Press::kShort ? 'S' : 'L';
  }
  return heard;
}

static std::vector<bool> held(double before, double down, double after) {
  const double each = 44100.0 / 16.0;
  std::vector<bool> signal(static_cast<std::size_t>(before * each), false);
  signal.insert(signal.end(), static_cast<std::size_t>(down * each), true);
  signal.insert(signal.end(), static_cast<std::size_t>(after * each), false);
  return signal;
}

static void a_foot_is_understood() {
  promise(presses(held(0.1, 0.2, 0.2), false) == "S", "a press is one press");
  promise(presses(held(0.1, 0.2, 0.2), true) == "S", "a short press of a footswitch with two meanings");
  promise(presses(held(0.1, 0.9, 0.2), true) == "L", "a long press is told once, while it lasts");
  promise(presses(held(0.1, 0.9, 0.2), false) == "S", "a long press of one with one meaning is a press");
  promise(presses(held(0.1, 0.003, 0.2), false).empty(), "three milliseconds are a spark");
  std::vector<bool> bouncing = held(0.1, 0.0, 0.0);
  for (int i = 0; i < 12; ++i) bouncing.push_back(i % 3 != 0);
  const std::vector<bool> rest = held(0.0, 0.2, 0.2);
  bouncing.insert(bouncing.end(), rest.begin(), rest.end());
  promise(presses(bouncing, false) == "S", "a contact that bounces is one press");
  std::vector<bool> thrice;
  for (int i = 0; i < 3; ++i) {
    const std::vector<bool> once = held(0.1, 0.1, 0.1);
    thrice.insert(thrice.end(), once.begin(), once.end());
  }
  promise(presses(thrice, false) == "SSS", "three presses are three");
  std::vector<bool> hum;  // a pin in the air near a mains lead
  for (int t = 0; t < 3 * 2756; ++t) hum.push_back(t / 28 % 2 == 0);
  promise(presses(hum, false).size() <= 12, "an open pin is not believed for long");
}

static void a_string_is_in_tune() {
  static const struct {
    float frequency;
    int note;
  } kStrings[] = {{30.87f, 23}, {41.2f, 28},   {82.41f, 40}, {110.0f, 45},
                  {196.0f, 55}, {329.63f, 64}, {1318.5f, 88}};
  for (const auto& string : kStrings) {
    for (const float cents : {-20.0f, 0.0f, 7.0f}) {
      Tuner tuner;
      tuner.start(22050.0f);
      const float right =
          440.0f * std::pow(2.0f, (static_cast<float>(string.note) - 69.0f + cents / 100.0f) / 12.0f);
      Signal x = sine(right, 0.2f, 8192, 22050.0f);
      const Signal second = sine(2.0f * right, 0.15f, 8192, 22050.0f), hiss = noise(8192);
      for (std::size_t t = 0; t < x.size(); ++t) tuner.hear(x[t] + second[t] + 0.002f * hiss[t]);
      promise(tuner.pitch().note == string.note, "the tuner names the string", right);
      promise(std::fabs(tuner.pitch().cents - cents) < 1.5f, "to one and a half cents",
              tuner.pitch().cents - cents);
    }
  }
  Tuner tuner;
  tuner.start(22050.0f);
  for (const float x : noise(8192)) tuner.hear(0.1f * x);
  promise(tuner.pitch().note < 0, "hiss is no note");
  for (int t = 0; t < 8192; ++t) tuner.hear(0.0f);
  promise(tuner.pitch().note < 0, "silence is no note");
}

static Memory some_memory(float bass) {
  Memory memory;
  memory.presets[2].name = "Verse \xc3\xa4";
  memory.presets[2].sound.model = 0xdeadbeef;
  memory.presets[2].sound.cab = "Open back 1x12";
  memory.presets[2].sound.values[kBass] = bass;
  memory.presets[15].name = "Solo";
  memory.last.values[kTreble] = -3.5f;
  memory.globals[kMidiChannel] = 5.0f;
  memory.last_preset = memory.boot_preset = 2;
  memory.bypass = true;
  return memory;
}

static void memory_survives(const std::string& folder) {
  const Memory one = some_memory(1.0f), two = some_memory(2.0f);
  const std::string text = memory_text(one);
  Memory read;
  promise(read_memory(text, read) && memory_text(read) == text, "what is written is read");
  for (std::size_t size = 0; size < text.size(); ++size) {
    promise(!read_memory(text.substr(0, size), read), "a part of a file is refused",
            static_cast<double>(size));
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    Memory other;
    const bool taken = read_memory(damaged, other);
    promise(!taken || memory_text(other) == text, "a flipped bit is refused", static_cast<double>(at));
  }
  const std::string path = folder + "/presets.txt";
  MemoryFile file(path);
  promise(file.load(read) == nullptr, "no file is a new pedal");
  promise(file.save(one) == nullptr && file.save(two) == nullptr, "it is saved");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << memory_text(two).substr(0, 40);
  const char* const why = file.load(read);
  promise(why != nullptr && memory_text(read) == text, "damaged, the save before counts, and it is said");
  promise(MemoryFile("/nowhere/presets.txt").save(one) != nullptr, "what cannot be written is said");
}

// Killed at any moment while it saves: what is read next is a whole save, and none before the last finished.
static void memory_survives_a_power_cut(const std::string& folder) {
  const std::string path = folder + "/cut.txt";
  for (int cut = 0; cut < 30; ++cut) {
    const pid_t child = ::fork();
    if (child == 0) {
      MemoryFile file(path);
      for (int n = 0;; ++n) file.save(some_memory(static_cast<float>(n % 12)));
    }
    ::usleep(static_cast<useconds_t>(2000 + 700 * cut));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    Memory read;
    promise(MemoryFile(path).load(read) == nullptr, "after a cut a whole save is there", cut);
  }
}

static Field text(const char* value) {
  Field field;
  field.type = Field::kText;
  field.text = value;
  return field;
}
static Field number(double value) {
  Field field;
  field.type = Field::kNumber;
  field.number = value;
  return field;
}

static std::string told(Pedal& pedal, double& now) {
  std::vector<std::string> out;
  for (int i = 0; i < 60; ++i) pedal.tick(now += 0.01, out);
  std::string all;
  for (const std::string& one : out) all += one + "\n";
  return all;
}

static bool has(const std::string& text, const char* what) { return text.find(what) != std::string::npos; }

// Plays `seconds` of noise, as render() does.
static Signal played(Pedal& pedal, double seconds, std::size_t block = 16) {
  Signal wet;
  const Signal dry = noise(static_cast<std::size_t>(44100 * seconds));
  for (std::size_t at = 0; at + block <= dry.size(); at += block) {
    pedal.audio.begin_block();
    for (std::size_t done = 0; done < block; done += kPiece) {
      const std::size_t frames = block - done < kPiece ? block - done : kPiece;
      float left[kPiece], right[kPiece], in[kPiece];
      for (std::size_t t = 0; t < frames; ++t) in[t] = 0.1f * dry[at + done + t];
      const float* const ins[2] = {in, nullptr};
      float* const outs[2] = {left, right};
      pedal.audio.process(ins, outs, frames);
      wet.insert(wet.end(), left, left + frames);
    }
    pedal.audio.end_block();
  }
  return wet;
}

static void nonsense_is_refused() {
  Pedal pedal;
  std::string trouble;
  double now = 0.0;
  promise(pedal.start(Surroundings(), "/nowhere.bin", "/nowhere/presets.txt", 1, trouble),
          "it starts without a bank");
  promise(!trouble.empty(), "and says that there is none");
  promise(peak(played(pedal, 0.2).data(), 4410) > 0.01f, "and plays all the same");
  static const char* const kCommands[] = {"set",   "model", "next", "previous", "block", "bypass", "clean",
                                          "tuner", "load",  "save", "rename",   "erase", "boot",   "dance"};
  const Field kinds[] = {Field(),
                         text("bass"),
                         text(""),
                         text("\xff\xfe"),
                         number(1.0),
                         number(-1e300),
                         number(0.5),
                         number(1e300),
                         number(16.0),
                         number(std::strtod("nan", nullptr)),
                         number(std::strtod("inf", nullptr))};
  unsigned seed = 7;
  for (int turn = 0; turn < 20000; ++turn) {
    Message message;
    for (Field* field : {&message.command, &message.event, &message.from, &message.id, &message.value,
                         &message.index, &message.on, &message.slot, &message.name}) {
      seed = seed * 1664525u + 1013904223u;
      *field = kinds[(seed >> 16) % 11];
      if ((seed >> 28) == 3) field->type = Field::kOther;
    }
    seed = seed * 1664525u + 1013904223u;
    if ((seed >> 16) % 8 != 0) message.command = text(kCommands[(seed >> 20) % 14]);
    pedal.hear(message);
    std::vector<std::string> out;
    pedal.tick(now += 0.02, out);
    for (const std::string& one : out)
      promise(!has(one, "nan") && !has(one, "inf\""), "no state is no number");
  }
  const Signal wet = played(pedal, 1.0);
  for (const float x : wet) promise(is_finite(x) && std::fabs(x) <= 1.0f, "the sound stays a sound", x);
}

static void a_flood_is_dammed() {
  Pedal pedal;
  std::string trouble;
  double now = 0.0;
  pedal.start(Surroundings(), "/nowhere.bin", "/nowhere/presets.txt", 1, trouble);
  std::size_t messages = 0;
  for (int tick = 0; tick < 200; ++tick) {
    for (int i = 0; i < 5000; ++i) {
      pedal.hear_program(i % 16, i % 128);
      Message message;
      message.command = text("next");
      pedal.hear(message);
    }
    std::vector<std::string> out;
    pedal.tick(now += 0.005, out);
    messages += out.size();
  }
  promise(messages < 60, "a second of flood is answered by few messages", static_cast<double>(messages));
}

static void a_bank_is_played(const char* bank, const std::string& folder) {
  Pedal pedal;
  std::string trouble;
  double now = 0.0;
  const std::string memory = folder + "/played.txt";
  promise(pedal.start(Surroundings(), bank, memory, 1, trouble) && trouble.empty(), "it starts with a bank");
  const int models = pedal.rack().size();
  promise(models >= 3, "of three models", models);
  const auto playing = [&](int wanted) {
    told(pedal, now);
    played(pedal, 0.3);
    told(pedal, now);
    return pedal.audio.heard.load() == &pedal.rack().model(wanted).voice;
  };
  played(pedal, 0.3);
  promise(playing(0), "the first model plays at once");
  const auto press = [&](int footswitch, double down) {
    for (int i = 0; i < 300; ++i) pedal.audio.sense(footswitch, false, 16);
    for (int i = 0; i < static_cast<int>(down * 2756); ++i) pedal.audio.sense(footswitch, true, 16);
    for (int i = 0; i < 300; ++i) pedal.audio.sense(footswitch, false, 16);
    return told(pedal, now);
  };
  press(0, 0.1);
  promise(playing(1), "the first footswitch goes on");
  press(1, 0.1);
  promise(playing(0), "the second goes back");
  press(1, 0.1);
  promise(playing(models - 1), "round and round");
  promise(has(press(2, 0.1), "\"bypass\":true"), "the third bypasses");
  promise(has(press(2, 0.1), "\"bypass\":false"), "and back");
  promise(has(press(2, 0.8), "\"tuner\":true"), "held, it is the tuner");
  played(pedal, 0.1);
  promise(peak(played(pedal, 0.2).data(), 4410) == 0.0f, "which is silent");
  promise(has(press(2, 0.1), "\"tuner\":false"), "until the next press");
  pedal.hear_program(3, 1);
  promise(playing(1), "a program change selects");
  pedal.hear_program(3, 100);
  promise(playing(1), "one that is not there does nothing");

  Message knob;
  knob.command = text("set");
  knob.id = text("pot");
  knob.value = number(1.0);
  pedal.audio.pot.store(0.05f);
  pedal.hear(knob);
  promise(playing(1), "where the knob stands at first says nothing");
  pedal.audio.pot.store(0.99f);
  promise(playing(models - 1), "turned, it selects");
  const float edge = static_cast<float>(models - 1) / static_cast<float>(models);
  for (int i = 0; i < 20; ++i) {
    pedal.audio.pot.store(edge + (i % 2 == 0 ? 0.02f : -0.02f) / static_cast<float>(models));
    promise(playing(models - 1), "trembling at an edge it changes nothing");
  }
  Message save;
  save.command = text("save");
  save.slot = number(4.0);
  save.name = text("Loud");
  pedal.hear(save);
  promise(has(told(pedal, now), "\"Loud\""), "a preset is saved");
  pedal.stop();

  Pedal again;
  promise(again.start(Surroundings(), bank, memory, 2, trouble), "it starts again");
  again.audio.begin_block();
  Signal wet = played(again, 0.3);
  promise(again.audio.heard.load() == &again.rack().model(models - 1).voice, "with what played last");
  promise(peak(wet.data(), wet.size()) > 0.005f, "and sounds without a browser");
}

// Another bank while sound runs: the old one is let go of when nothing plays from it.
static void a_bank_is_changed(const char* bank, const std::string& folder) {
  const std::string path = folder + "/bank.bin";
  const auto deploy = [&] {
    std::ifstream from(bank, std::ios::binary);
    std::ofstream(path + ".new", std::ios::binary) << from.rdbuf();
    std::rename((path + ".new").c_str(), path.c_str());
  };
  deploy();
  Pedal pedal;
  std::string trouble;
  double now = 0.0;
  pedal.start(Surroundings(), path, folder + "/changed.txt", 1, trouble);
  played(pedal, 0.3);
  for (int time = 0; time < 4; ++time) {
    deploy();
    pedal.caretaker.work();
    pedal.caretaker.work();
    promise(has(told(pedal, now), "snapshot"), "every page hears of another bank");
    const Signal wet = played(pedal, 0.5);
    told(pedal, now);
    promise(peak(&wet[wet.size() - 4410], 4410) > 0.005f, "and it plays");
  }
  std::ofstream(path, std::ios::binary | std::ios::trunc) << "nonsense";
  pedal.caretaker.work();
  pedal.caretaker.work();
  promise(has(told(pedal, now), "\"refused\""), "a damaged bank is refused with a reason");
  const Signal wet = played(pedal, 0.3);
  promise(peak(&wet[wet.size() - 4410], 4410) > 0.005f, "and the old one plays on");
}

static void blocks_of_any_length(const char* bank, const std::string& folder) {
  for (const std::size_t block : {1u, 7u, 16u, 100u, 128u, 1000u, 4096u}) {
    Surroundings app;
    app.block_size = static_cast<unsigned>(block);
    Pedal pedal;
    std::string trouble;
    pedal.start(app, bank, folder + "/blocks.txt", 1, trouble);
    promise(trouble.empty(), "every block is taken", static_cast<double>(block));
    const Signal wet = played(pedal, 0.5, block);
    promise(peak(&wet[wet.size() / 2], wet.size() / 2) > 0.005f, "and heard", static_cast<double>(block));
  }
}

int main(int argc, char** argv) {
  char folder[] = "/tmp/tonezoo-pedal-XXXXXX";
  if (::mkdtemp(folder) == nullptr) return 99;
  if (argc < 2) {
    a_foot_is_understood();
    a_string_is_in_tune();
    memory_survives(folder);
    memory_survives_a_power_cut(folder);
    nonsense_is_refused();
    a_flood_is_dammed();
  } else {
    a_bank_is_played(argv[1], folder);
    a_bank_is_changed(argv[1], folder);
    blocks_of_any_length(argv[1], folder);
  }
  if (std::system((std::string("rm -rf ") + folder).c_str()) != 0) return 98;
  return broken_promises;
}
