// The engine as a Python module, compiled once for each instruction set (see CMakeLists.txt).
#include "bindings.h"

NB_MODULE(TONEZOO_MODULE, m) {
  m.attr("lanes") = tonezoo::Float::kLanes;
  tonezoo::bind_recurrent(m);
  tonezoo::bind_floor(m);
#if defined(TONEZOO_HAS_WAVENET)
  tonezoo::bind_wavenet(m);
#endif
}
