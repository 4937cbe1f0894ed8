// The app's own render() among all its threads: pages, feet, MIDI, a bank that changes, presets that are
// saved. Whatever they do, it never allocates, frees or takes a lock. argv: a folder to write in, block size,
// inputs. Linked with COUNTED (tests/compiling.py).
#include "../engine/realtime_check.h"
#include "app/render.cpp"
#include "stage.h"

double hostBlockSeconds = 1.0;
std::atomic<bool> hostStopping{false};
std::vector<std::thread> hostTasks;
host::Server hostServer;

static const char* const kCommands[] = {"\"set\",\"id\":\"cab\",\"value\":1",
                                        "\"set\",\"id\":\"gate\",\"value\":1",
                                        "\"set\",\"id\":\"bass\",\"value\":9",
                                        "\"set\",\"id\":\"mid\",\"value\":-9",
                                        "\"set\",\"id\":\"treble\",\"value\":3",
                                        "\"next\"",
                                        "\"tuner\",\"on\":true",
                                        "\"set\",\"id\":\"outputGain\",\"value\":-3",
                                        "\"save\",\"slot\":3,\"name\":\"Verse\"",
                                        "\"previous\"",
                                        "\"set\",\"id\":\"channels\",\"value\":2",
                                        "\"model\",\"index\":3",
                                        "\"bypass\",\"on\":true",
                                        "\"set\",\"id\":\"cab\",\"value\":0",
                                        "\"load\",\"slot\":3",
                                        "\"block\",\"value\":1",
                                        "\"clean\",\"on\":true",
                                        "\"set\",\"id\":\"inputGain\",\"value\":6",
                                        "\"bypass\",\"on\":false",
                                        "\"tuner\",\"on\":false",
                                        "\"set\",\"id\":\"channels\",\"value\":1",
                                        "\"model\",\"index\":2",
                                        "\"nonsense\"",
                                        "\"model\",\"index\":{}"};

// What pages say, until everything has been said often enough and another bank plays.
static void talk(std::atomic<bool>* said) {
  BankMaker other = usual_bank();
  std::swap(other.models[0], other.models[2]);
  const int midi_pipe = ::open((folder + "/midi").c_str(), O_WRONLY);
  for (int turn = 0; turn < 150; ++turn) {
    hostServer.on_control(std::string("{\"command\":") + kCommands[turn % 24] + "}");
    if (turn % 7 == 0) hostServer.on_control("{\"event\":\"connection-reply\"}");
    const unsigned char program[] = {0xc2, static_cast<unsigned char>(turn % 4)};
    promise(turn % 10 != 5 || ::write(midi_pipe, program, 2) == 2, "a program change is sent");
    if (turn == 40) other.write(folder + "/bank.bin");
    ::usleep(10000);
  }
  ::close(midi_pipe);
  *said = true;
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  folder = argv[1];
  furnish();
  ::mkfifo((folder + "/midi").c_str(), 0600);
  setenv("TONEZOO_BANK", (folder + "/bank.bin").c_str(), 1);
  setenv("TONEZOO_MEMORY", (folder + "/presets.txt").c_str(), 1);
  setenv("TONEZOO_MIDI", (folder + "/midi").c_str(), 1);
  hostServer.off = true;

  BelaContext context = {};
  context.audioFrames = static_cast<std::uint32_t>(std::atoi(argv[2]));
  context.audioInChannels = static_cast<std::uint32_t>(std::atoi(argv[3]));
  context.audioOutChannels = 2;
  context.audioSampleRate = 44100.0f;
  hostBlockSeconds = context.audioFrames / 44100.0;
  Signal in = noise(context.audioFrames * 2), out(context.audioFrames * 2);
  for (float& x : in) x *= 0.2f;
  context.audioIn = in.data();
  context.audioOut = out.data();
  promise(setup(&context, nullptr), "the app starts");

  std::atomic<bool> said{false};
  std::thread pages(talk, &said);
  promise(calls_are_counted(), "it is counted at all");
  int waited = 0;
  bool finite = true;
  std::size_t voices = 0;
  const Voice* heard = nullptr;
  while (!said) {
    const int now = waits;
    render(&context, nullptr);
    waited += waits - now;
    for (const float x : out) finite = finite && is_finite(x) && std::fabs(x) <= 1.0f;
    voices += pedal.audio.heard.load() != heard ? 1 : 0;
    heard = pedal.audio.heard.load();
  }
  pages.join();
  hostStopping = true;
  for (std::thread& task : hostTasks) task.join();
  cleanup(&context, nullptr);
  promise(waited == 0, "render() never waits", waited);
  promise(finite, "and what comes out are numbers within full scale");
  promise(voices >= 6, "models were switched while it was watched", static_cast<double>(voices));
  promise(std::strcmp(pedal.rack().model(0).record->name, "Lead one") == 0, "and the bank was");
  return broken_promises;
}
