// Models that take 16 samples at a time: right numbers, and whole frames from blocks of any length.
#include "app/network.h"
#include "check.h"

using namespace tonezoo;

static double sigmoid_of(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// One layer of an LSTM and its output, straight from the equations, in double precision.
static Signal slowly(std::size_t hidden, const Signal& w, const Signal& x) {
  const std::size_t rows = 4 * hidden;
  const float *ih = w.data(), *hh = ih + rows * 16, *b = hh + rows * hidden, *h0 = b + 2 * rows;
  const float* const lin = h0 + 2 * hidden;
  std::vector<double> h(h0, h0 + hidden), c(h0 + hidden, h0 + 2 * hidden), gate(rows);
  Signal y(x.size());
  for (std::size_t t = 0; t + 16 <= x.size(); t += 16) {
    for (std::size_t r = 0; r < rows; ++r) {
      gate[r] = static_cast<double>(b[r]) + b[rows + r];
      for (std::size_t j = 0; j < 16; ++j) gate[r] += static_cast<double>(ih[r * 16 + j]) * x[t + j];
      for (std::size_t j = 0; j < hidden; ++j) gate[r] += static_cast<double>(hh[r * hidden + j]) * h[j];
    }
    for (std::size_t k = 0; k < hidden; ++k) {
      c[k] = sigmoid_of(gate[hidden + k]) * c[k] + sigmoid_of(gate[k]) * std::tanh(gate[2 * hidden + k]);
      h[k] = sigmoid_of(gate[3 * hidden + k]) * std::tanh(c[k]);
    }
    for (std::size_t s = 0; s < 16; ++s) {
      double sum = static_cast<double>(lin[16 * hidden + s]) + x[t + s];
      for (std::size_t k = 0; k < hidden; ++k) sum += static_cast<double>(lin[s * hidden + k]) * h[k];
      y[t + s] = static_cast<float>(sum);
    }
  }
  return y;
}

static void a_frame_model_is_its_equations(std::size_t hidden) {
  const RecurrentShape shape = {RecurrentShape::kLstm, hidden, 16, 1, true};
  Signal weights = noise(FrameRecurrent::weight_count(shape), 3);
  for (float& w : weights) w *= 0.3f;
  const Signal x = noise(1600), right = slowly(hidden, weights, x);
  FrameNetwork network;
  promise(network.engine.load(shape, weights.data(), weights.size()), "weights that fit are taken");
  promise(!network.engine.load(shape, weights.data(), weights.size() - 1), "others are refused");
  const RecurrentShape narrow = {RecurrentShape::kLstm, hidden, 1, 1, true};
  promise(!network.engine.load(narrow, weights.data(), FrameRecurrent::weight_count(narrow)),
          "as is one input");
  for (const std::size_t block : {1u, 2u, 16u, 24u, 37u, 64u}) {
    network.start(block);
    network.reset();
    Signal y = x;
    in_blocks(y, block, [&](float* p, std::size_t n) { network.process(p, p, n); });
    const std::size_t late = block % 16 == 0 ? 0 : block % 8 == 0 ? 8 : block % 2 == 0 ? 14 : 15;
    double worst = 0.0;
    for (std::size_t t = late; t < x.size(); ++t) {
      worst = std::fmax(worst, std::fabs(static_cast<double>(y[t]) - right[t - late]));
    }
    promise(worst < 3e-5, "a frame model is its equations, as late as its frames make it", worst);
  }
}

static void frames_never_run_dry(std::size_t block) {
  FrameQueue queue;
  queue.start(block);
  float expected = 1.0f, given = 1.0f;
  std::vector<float> x(block);
  for (int call = 0; call < 40; ++call) {
    for (float& v : x) v = given++;
    for (std::size_t done = 0; done < block; done += kPiece) {
      const std::size_t n = kPiece < block - done ? kPiece : block - done;
      queue.process(&x[done], &x[done], n, [](float*) {});
    }
    for (const float v : x) {
      if (v == 0.0f && expected == 1.0f) continue;  // what is late
      promise(v == expected++, "samples leave in order, with none between them", v);
    }
  }
  promise(given - expected == static_cast<float>(queue.latency()), "as late as it says", given - expected);
}

int main() {
  for (const std::size_t hidden : {1u, 5u, 16u, 33u}) a_frame_model_is_its_equations(hidden);
  for (std::size_t block = 1; block <= 130; ++block) frames_never_run_dry(block);
  for (const std::size_t block : {256u, 1000u, 4096u}) frames_never_run_dry(block);
  return broken_promises;
}
