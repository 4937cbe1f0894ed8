// Tells Python which instruction sets this machine has. Compiled for the baseline, so that it runs anywhere.
#include <nanobind/nanobind.h>

namespace {

bool has_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
#else
  return false;
#endif
}

bool has_avx512() {
#if defined(__x86_64__)
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#else
  return false;
#endif
}

}  // namespace

NB_MODULE(cpu, m) {
  m.def("has_avx2", &has_avx2, "AVX2, FMA and F16C are there.");
  m.def("has_avx512", &has_avx512, "AVX-512 F, VL, DQ and BW are there.");
}
