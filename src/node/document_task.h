// SPDX-License-Identifier: GPL-3.0-or-later
// One input on its way through a run: what is known of it beyond its place on the desk.
//
//   Waiting → Digesting ┬→ Opening → Reading ┬→ Layering (--pdf) → Writing → Ended
//                       └→ Queued ───────────┘
//
// Queued: the store's workers read it.
// Twin: the same content is being read under another name; it waits in Twin until that one leaves
// Reading, then finds every page in the store.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "node/digest.h"
#include "node/inputs.h"
#include "node/read_options.h"
#include "node/reading_desk.h"
#include "node/record.h"
#include "os/atomic_file.h"
#include "os/fd.h"
#include "store/documents.h"

namespace civicum {

struct DocumentTask : DeskTask {
  enum class State : std::uint8_t {
    Waiting,
    Digesting,
    Opening,
    Twin,
    Queued,
    Reading,
    Layering,
    Writing,
    Ended
  };

  Input input;
  std::string file;  ///< the input's name as UTF-8
  State state = State::Waiting;
  Fd fd;
  std::optional<FileDigest> digest;
  std::string sha256;
  StoredDocument stored;
  std::uint32_t pages_kept = 0;
  std::uint32_t pages_seen = 0;  ///< of Queued: ended when it was looked at last
  std::optional<AtomicFile> layer;
  Fd layer_words;
  std::optional<RecordWriter> writer;
  DocumentOutcome outcome;
  std::chrono::steady_clock::time_point started;
};

}  // namespace civicum
