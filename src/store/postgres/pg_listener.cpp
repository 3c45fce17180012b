// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_listener.h"

namespace civicum {

Result<std::unique_ptr<WakeSource>> PgListener::listen(const PgTarget& target,
                                                       std::int64_t live_key) {
  PgConnection connection = TRY(PgConnection::connect(target));
  // Nobody else has this key: it is random.
  PgResult<Done> ready = connection.execute("LISTEN civicum_jobs; SELECT pg_advisory_lock(" +
                                            std::to_string(live_key) + ")");
  if (auto* failed = std::get_if<PgFailure>(&ready)) return std::move(failed->error);
  return std::unique_ptr<WakeSource>(new PgListener(std::move(connection)));
}

}  // namespace civicum
