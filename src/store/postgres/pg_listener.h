// SPDX-License-Identifier: GPL-3.0-or-later
// A connection that only listens: to NOTIFY on the channel of jobs, and, by a session-level
// advisory lock that it holds as long as it lives, for the other workers' question whether this one
// does. No pooler of transactions may stand between (PgBouncer's session pooling is well).
#pragma once

#include <memory>

#include "store/postgres/pg_connection.h"
#include "store/wake_source.h"

namespace civicum {

class PgListener final : public WakeSource {
 public:
  static Result<std::unique_ptr<WakeSource>> listen(const PgTarget& target, std::int64_t live_key);
  int fd() const override { return connection_.socket(); }
  Result<bool> take() override { return connection_.take_notifications(); }

 private:
  explicit PgListener(PgConnection connection) : connection_(std::move(connection)) {}
  PgConnection connection_;
};

}  // namespace civicum
