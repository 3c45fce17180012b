// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps OpenMP out of the recogniser: Tesseract opens a parallel region per step of a line, far too
// short to share, and libgomp's barriers make that 3 to 15 times slower than one thread.
//
// This file's program takes the place of libgomp's entries that Tesseract uses (GOMP_parallel and
// the sections): a region runs on the thread that came to it, as a team of one. libgomp does the
// same under OMP_THREAD_LIMIT=1, but with a system call per region, 180,000 on a page.
#pragma once

namespace civicum {

/// Makes libgomp run what it is still asked for on one thread. Call before Tesseract is loaded.
void forbid_inner_threads();

}  // namespace civicum
