// Footswitches, tuner, and text: what people and pages do, taken apart.
#include "app/allowance.h"
#include "app/footswitch.h"
#include "app/mailbox.h"
#include "app/ring.h"
#include "app/tuner.h"
#include "app/unicode.h"
#include "check.h"

using namespace tonezoo;

constexpr std::size_t kStep = 16;

// Runs `seconds` of a switch that is `down`; how many short and long presses were told is added up.
struct Foot {
  Footswitch footswitch;
  int shorts = 0, longs = 0;
  explicit Foot(bool has_long) { footswitch.start(44100.0f, has_long); }
  void hold(bool down, double seconds) {
    for (double t = 0.0; t < seconds; t += kStep / 44100.0) {
      const Press press = footswitch.sense(down, kStep);
      shorts += press == Press::kShort ? 1 : 0;
      longs += press == Press::kLong ? 1 : 0;
    }
  }
  // Contacts that chatter for a few milliseconds, then rest at `down`.
  void bounce(bool down) {
    for (int i = 0; i < 5; ++i) {
      hold(down, 0.0007);
      hold(!down, 0.0006);
    }
    hold(down, 0.02);
  }
};

static void a_press_that_bounces_is_one_press() {
  Foot foot(false);
  foot.hold(false, 0.5);
  foot.bounce(true);
  promise(foot.shorts == 1, "one press, told when it goes down", foot.shorts);
  foot.hold(true, 3.0);
  foot.bounce(false);
  foot.hold(false, 1.0);
  promise(foot.shorts == 1 && foot.longs == 0, "holding it is still one press", foot.shorts);
}

static void a_click_of_a_millisecond_is_none() {
  Foot foot(false);
  foot.hold(false, 0.5);
  for (int i = 0; i < 20; ++i) {
    foot.hold(true, 0.002);
    foot.hold(false, 0.05);
  }
  promise(foot.shorts == 0, "no press", foot.shorts);
}

static void a_long_press_is_told_while_it_is_held_and_is_not_short_as_well() {
  Foot foot(true);
  foot.hold(false, 0.5);
  foot.bounce(true);
  foot.hold(true, 0.45);
  promise(foot.shorts == 0 && foot.longs == 0, "not known yet");
  foot.hold(true, 0.3);
  promise(foot.longs == 1, "told without letting go", foot.longs);
  foot.bounce(false);
  promise(foot.shorts == 0 && foot.longs == 1, "and once");
  foot.bounce(true);
  foot.bounce(false);
  promise(foot.shorts == 1, "a short one is told when let go", foot.shorts);
}

static void a_pin_in_the_air_is_ignored_after_a_moment_and_heard_again_after_rest() {
  Foot foot(false);
  for (int i = 0; i < 500; ++i) {
    foot.hold(true, 0.01);
    foot.hold(false, 0.01);
  }
  promise(foot.shorts <= 12, "10 seconds of hum are a dozen presses at most", foot.shorts);
  const int before = foot.shorts;
  foot.hold(false, 1.1);
  foot.bounce(true);
  promise(foot.shorts == before + 1, "after a second of rest it works");
}

// A plucked string: harmonics that fall, a decay, and a little noise.
static Pitch pitch_of(float frequency, float level) {
  Tuner tuner;
  tuner.start(22050.0f);
  const Signal hiss = noise(16384);
  for (std::size_t t = 0; t < hiss.size(); ++t) {
    const double phase = 6.283185307179586 * frequency * static_cast<double>(t) / 22050.0;
    const double string = std::sin(phase) + 0.7 * std::sin(2 * phase + 1) + 0.4 * std::sin(3 * phase + 2);
    tuner.hear(level * static_cast<float>(string) + 0.002f * level * hiss[t]);
  }
  return tuner.pitch();
}

static void the_tuner_is_right_to_two_cents_from_the_low_b_to_the_24th_fret() {
  for (int note = 23; note <= 88; note += 5) {  // a five-string bass's B0 to E6
    for (const float off : {-31.0f, 0.0f, 12.0f}) {
      const Pitch heard = pitch_of(440.0f * std::pow(2.0f, (note - 69 + off / 100) / 12), 0.1f);
      promise(heard.note == note, "the right note", heard.note - note);
      promise(std::fabs(heard.cents - off) < 2.0f, "within two cents", heard.cents - off);
    }
  }
}

static void the_tuner_hears_nothing_in_silence_or_noise() {
  promise(pitch_of(110.0f, 1e-6f).note == -1, "silence has no pitch");
  Tuner tuner;
  tuner.start(22050.0f);
  for (const float x : noise(16384)) tuner.hear(x);
  promise(tuner.pitch().note == -1, "nor has noise");
}

static void names_are_kept_as_they_are_meant() {
  std::string name = "old";
  promise(make_name("  Gr\xc3\xb6\xc3\x9f\x65 \t ", name) && name == "Gr\xc3\xb6\xc3\x9f\x65", "trimmed");
  promise(make_name("a\nb", name) && name == "a b", "control characters are spaces");
  promise(!make_name(" \t\n ", name) && !make_name("", name) && name == "a b", "empty: unchanged");
  promise(make_name(std::string(24, 'x'), name), "24 characters");
  promise(!make_name(std::string(25, 'x'), name), "25 are too many");
  std::string long_one;
  for (int i = 0; i < 24; ++i) long_one += "\xf0\x9f\x8e\xb8";  // a guitar
  promise(make_name(long_one, name) && name == long_one, "characters count, not bytes");
  promise(make_name("\xff\xc0\x80\xe2\x82", name), "broken bytes become characters");
  promise(quoted("\xf0\x9f\x8e\xb8\"\\\n\xc3\xb6") == "\"\\ud83c\\udfb8\\\"\\\\\\u000a\\u00f6\"", "as JSON");
  promise(utf8_of(std::wstring{wchar_t(0xd83c), wchar_t(0xdfb8)}) == "\xf0\x9f\x8e\xb8", "halves are joined");
  promise(utf8_of(std::wstring{wchar_t(0xd83c), wchar_t(0x41)}) == "\xef\xbf\xbd\x41", "or replaced");
}

static void only_the_last_value_counts_and_none_is_torn() {
  struct Two {
    int a = 0, b = 0;
  };
  Mailbox<Two> box;
  Two got;
  promise(!box.fetch(got), "nothing there");
  for (int i = 1; i <= 1000; ++i) {
    Two sent;
    sent.a = sent.b = i;
    box.post(sent);
    if (i % 7 == 0)
      promise(box.fetch(got) && got.a == i && got.b == i && !box.fetch(got), "the latest, once");
  }
  Ring<int, 4> ring;
  int x;
  for (int i = 0; i < 4; ++i) promise(ring.put(i), "room");
  promise(!ring.put(4), "full");
  for (int i = 0; i < 4; ++i) promise(ring.take(x) && x == i, "in order");
  promise(!ring.take(x), "empty");
}

static void an_allowance_is_a_burst_and_a_rate() {
  Allowance allowance(10.0, 5.0);
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += allowance.take(100.0) ? 1 : 0;
  promise(taken == 5, "five at once", taken);
  for (int i = 1; i <= 1000; ++i) taken += allowance.take(100.0 + 0.01 * i) ? 1 : 0;
  promise(taken >= 104 && taken <= 106, "then ten a second", taken);
}

int main() {
  a_press_that_bounces_is_one_press();
  a_click_of_a_millisecond_is_none();
  a_long_press_is_told_while_it_is_held_and_is_not_short_as_well();
  a_pin_in_the_air_is_ignored_after_a_moment_and_heard_again_after_rest();
  the_tuner_is_right_to_two_cents_from_the_low_b_to_the_24th_fret();
  the_tuner_hears_nothing_in_silence_or_noise();
  names_are_kept_as_they_are_meant();
  only_the_last_value_counts_and_none_is_torn();
  an_allowance_is_a_burst_and_a_rate();
  return broken_promises > 100 ? 100 : broken_promises;
}
