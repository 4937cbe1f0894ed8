// The training kernels as a Python module, compiled once for each instruction set (see CMakeLists.txt).
#include "training/kernels/layer_binding.h"
#include "training/kernels/updates_binding.h"

NB_MODULE(TONEZOO_MODULE, m) {
  namespace training = tonezoo::training;
  namespace bindings = tonezoo::bindings;
  bindings::add_layer<training::LstmCell>(m, "LstmLayer");
  bindings::add_layer<training::GruCell>(m, "GruLayer");
  bindings::add_updates<training::LstmCell>(m, "LstmUpdates");
  bindings::add_updates<training::GruCell>(m, "GruUpdates");
}
