// Presets on disk: whatever happens to the file, the pedal wakes up with a whole one.
// argv[1]: a folder to write in.
#include <sys/wait.h>

#include <csignal>

#include "app/memory_file.h"
#include "check.h"

using namespace tonezoo;

static Memory full(int number) {
  Memory memory;
  for (int slot = 0; slot < kNumPresets; slot += 2) {
    memory.presets[slot].name = "Preset \xc3\xb6 " + std::to_string(number);
    memory.presets[slot].sound.model = 0xdeadbeefu + static_cast<unsigned>(slot);
    memory.presets[slot].sound.cab = "Open back 1x12";
    memory.presets[slot].sound.clean = slot % 4 == 0;
    memory.presets[slot].sound.values[kBass] = -3.5f + static_cast<float>(slot % 3);
  }
  memory.last = memory.presets[2].sound;
  memory.last.values[kTreble] = static_cast<float>(number % 12);
  memory.last_preset = 2;
  memory.boot_preset = 4;
  memory.bypass = true;
  memory.globals[kMidiChannel] = 7;
  return memory;
}

static std::string contents(const std::string& path) {
  std::string text;
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  char piece[4096];
  std::size_t got;
  while ((got = std::fread(piece, 1, sizeof piece, file)) > 0) text.append(piece, got);
  std::fclose(file);
  return text;
}
static void put(const std::string& path, const std::string& text) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  promise(file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size(), "written");
  if (file != nullptr) std::fclose(file);
}

static void what_is_saved_comes_back(const std::string& path) {
  const MemoryFile file(path);
  Memory read;
  promise(file.load(read) == nullptr && memory_text(read) == memory_text(Memory()),
          "a new pedal is no trouble");
  promise(file.save(full(1)) == nullptr && file.load(read) == nullptr, "saved and loaded");
  promise(memory_text(read) == memory_text(full(1)), "all of it");
  promise(read.presets[2].sound.values[kBass] == -1.5f && read.presets[1].name.empty(), "each where it was");
}

static void cut_off_or_flipped_anywhere_it_is_the_old_or_the_new_one(const std::string& path) {
  const MemoryFile file(path);
  promise(file.save(full(1)) == nullptr && file.save(full(2)) == nullptr, "two generations");
  const std::string whole = contents(path), older = memory_text(full(1));
  promise(whole == memory_text(full(2)) && contents(path + ".previous") == older, "both are there");
  for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
    put(path, whole.substr(0, bytes));
    Memory read;
    file.load(read);
    promise(memory_text(read) == (bytes == whole.size() ? whole : older), "cut off",
            static_cast<double>(bytes));
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    put(path, flipped);
    Memory read;
    file.load(read);
    const std::string now = memory_text(read);
    promise(now == older || now == whole, "a flipped bit", static_cast<double>(at));
  }
}

static void a_damaged_file_never_takes_the_last_good_ones_place(const std::string& path) {
  const MemoryFile file(path);
  promise(file.save(full(1)) == nullptr && file.save(full(2)) == nullptr, "two generations");
  put(path, "rubbish");
  promise(file.save(full(3)) == nullptr && contents(path) == memory_text(full(3)), "saved over rubbish");
  promise(contents(path + ".previous") == memory_text(full(1)), "the one before is good");
}

static void nothing_that_a_file_says_leaves_the_bounds(const std::string& path) {
  std::string body = kMemoryTitle;
  body +=
      "boot 99\nbypass 2\nmidiChannel 1e30\nmidiProgram -4\npot nan\nlast -7\nmodel zzzz\nbass nan\n"
      "treble inf\npreset 16\nname Too far\nbass 3\npreset -1\nname x\npreset 3\nname \nbass 1e9\n"
      "unknown thing\n\n\nno-value\n";
  char sum[16];
  std::snprintf(sum, sizeof sum, "crc %08x\n", static_cast<unsigned>(checksum_of(body)));
  put(path, body + sum);
  Memory read;
  promise(MemoryFile(path).load(read) == nullptr, "it is whole");
  promise(read.boot_preset == -1 && read.last_preset == -1 && !read.bypass, "slots that there are");
  for (int p = 0; p < kNumParameters; ++p) {
    for (const float value : {read.globals[p], read.last.values[p], read.presets[3].sound.values[p]}) {
      promise(is_finite(value) && value >= kParameters[p].least && value <= kParameters[p].most, "in range",
              p);
    }
  }
}

static void a_card_that_cannot_be_written_is_told_and_harms_nothing(const std::string& folder) {
  promise(MemoryFile(folder + "/missing/presets.txt").save(full(1)) != nullptr, "no such folder");
  const MemoryFile full_card("/dev/full/presets.txt");
  promise(full_card.save(full(1)) != nullptr, "no such place");
}

// Killed at any moment while it saves: what is there next is a whole save.
static void it_survives_a_power_cut(const std::string& path) {
  promise(MemoryFile(path).save(full(0)) == nullptr, "saved before the first cut");
  for (int cut = 0; cut < 30; ++cut) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int number = 0;; ++number) MemoryFile(path).save(full(number));
    }
    ::usleep(static_cast<useconds_t>(2000 + 700 * cut));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    Memory read;
    promise(MemoryFile(path).load(read) == nullptr && read.boot_preset == 4, "a whole save is there", cut);
  }
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string folder = argv[1], path = folder + "/presets.txt";
  what_is_saved_comes_back(path);
  cut_off_or_flipped_anywhere_it_is_the_old_or_the_new_one(path);
  a_damaged_file_never_takes_the_last_good_ones_place(path);
  nothing_that_a_file_says_leaves_the_bounds(path);
  a_card_that_cannot_be_written_is_told_and_harms_nothing(folder);
  it_survives_a_power_cut(folder + "/cut.txt");
  return broken_promises > 100 ? 100 : broken_promises;
}
