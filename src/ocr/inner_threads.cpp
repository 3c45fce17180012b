// SPDX-License-Identifier: GPL-3.0-or-later
// The entries' names and meanings are libgomp's ABI (GOMP_1.0 and GOMP_4.0). Outside of its teams
// libgomp itself answers omp_get_thread_num() with 0 and omp_get_num_threads() with 1, so loops
// that share themselves out by these run whole.
#include "ocr/inner_threads.h"

#include <dlfcn.h>

#include <utility>

namespace {

/// The sections of the region this thread is in: the next one's number, from 1, and the last's.
struct Sections {
  unsigned next = 1;
  unsigned last = 0;
};
thread_local Sections sections;

}  // namespace

// NOLINTBEGIN(readability-identifier-naming,readability-function-size)
extern "C" {

void GOMP_parallel(void (*region)(void*), void* data, unsigned /*threads*/, unsigned /*flags*/) {
  region(data);
}

unsigned GOMP_sections_next() { return sections.next <= sections.last ? sections.next++ : 0; }

unsigned GOMP_sections_start(unsigned count) {
  sections = {1, count};
  return GOMP_sections_next();
}

void GOMP_sections_end() {}
void GOMP_sections_end_nowait() {}

void GOMP_parallel_sections(void (*region)(void*), void* data, unsigned /*threads*/, unsigned count,
                            unsigned /*flags*/) {
  const Sections outer = std::exchange(sections, {1, count});
  region(data);
  sections = outer;
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming,readability-function-size)

namespace civicum {

void forbid_inner_threads() {
  using SetLevels = void (*)(int);
  if (auto* set = reinterpret_cast<SetLevels>(::dlsym(RTLD_DEFAULT, "omp_set_max_active_levels"));
      set != nullptr) {
    set(0);
  }
}

}  // namespace civicum
