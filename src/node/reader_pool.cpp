// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/reader_pool.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "host/process.h"
#include "plan/page_cost.h"

namespace civicum {
namespace {

// A reader fills memory at 2 GB/s at most: this is how far it may overshoot its cap.
constexpr auto watch_interval = std::chrono::milliseconds(100);
// A reader is ready within 0.1 s of CPU time; on a machine under load it may wait long for that.
constexpr auto start_wall_max = std::chrono::seconds(30);
// Readers that end before they are ready, one after another: something is wrong with the machine,
// not with a document.
constexpr std::uint32_t failed_starts_max = 5;

std::optional<int> exit_code_of(const WaitStatus& status) {
  const auto* exited = std::get_if<Exited>(&status);
  return exited != nullptr ? std::optional(exited->code) : std::nullopt;
}

std::optional<int> signal_of(const WaitStatus& status) {
  const auto* signalled = std::get_if<Signalled>(&status);
  return signalled != nullptr ? std::optional(signalled->signal) : std::nullopt;
}

/// Beside what it holds itself, for the files that it maps: program, fonts, language data.
constexpr Bytes cage_file_bytes = mib(32);

std::string mib_of(Bytes bytes) { return std::to_string(bytes.count >> 20) + " MiB"; }

}  // namespace

ReaderPool::ReaderPool(Loop& loop, PoolOptions options, PoolEvents events)
    : loop_(loop), options_(std::move(options)), events_(std::move(events)), timer_(loop) {}

std::uint32_t ReaderPool::busy_count() const {
  return static_cast<std::uint32_t>(std::count_if(
      readers_.begin(), readers_.end(),
      [](const PooledReader& reader) { return reader.state == PooledReader::State::Busy; }));
}

void ReaderPool::want(std::uint32_t wanted) {
  const std::uint32_t at_work = std::min(wanted, options_.readers_max);
  const bool is_spare_worth_it = wanted > at_work && busy_count() == at_work;
  const std::uint32_t target = at_work + (is_spare_worth_it ? 1 : 0);
  while (readers_.size() < target && failed_starts_ < failed_starts_max) spawn();
}

void ReaderPool::spawn() {
  PooledReader& reader = readers_.emplace_back();
  ReaderEvents events{
      [this, &reader](protocol::Reply reply) { on_reply(reader, std::move(reply)); },
      [this, &reader](const WaitStatus& status, LinkFault fault) {
        on_end(reader, status, fault);
      }};
  ReaderCommand command = options_.command;
  if (options_.cages != nullptr) reader.cage_ = options_.cages->make();
  if (reader.cage_) command.cgroup_procs = reader.cage_->procs_fds();
  auto link = ReaderLink::start(loop_, command, std::move(events));
  if (link) {
    reader.link_ = *std::move(link);
    reader.spawned_at_ = Clock::now();
    return watch();
  }
  readers_.pop_back();
  failed_starts_ = failed_starts_max;
  const Error error{ErrorKind::Unavailable, "readers do not start: " + link.error().what};
  boost::asio::post(loop_, [this, error] { events_.on_broken(error); });
}

PooledReader* ReaderPool::take_idle(std::uint64_t document) {
  if (busy_count() >= options_.readers_max) return nullptr;
  PooledReader* found = nullptr;
  for (PooledReader& reader : readers_) {
    if (reader.state != PooledReader::State::Idle) continue;
    if (found == nullptr || reader.open_document == document) found = &reader;
    if (found->open_document == document) break;
  }
  return found;
}

void ReaderPool::request(PooledReader& reader, const protocol::Request& request,
                         std::span<const int> fds, const Expected& expected) {
  ENSURE(reader.state == PooledReader::State::Idle);
  reader.state = PooledReader::State::Busy;
  reader.cpu_at_start_ =
      process_cpu_time(reader.link_->pid()).value_or(std::chrono::nanoseconds{0});
  reader.cpu_seen_ = {};
  allow(reader, std::nullopt);
  DeadlineLimits limits = limits_of_page_seconds(options_.page_seconds);
  if (expected.scope == Expected::Scope::Document) {
    limits.all_attempts += expected.predicted * limits.predicted_factor;
  }
  reader.deadline_.emplace(limits, expected.predicted, expected.spent_before, Clock::now());
  reader.link_->send(request, fds);
  watch();
}

void ReaderPool::proceed(PooledReader& reader, const protocol::Planned& planned) {
  allow(reader, planned.predicted_bytes);
  reader.deadline_->predict(std::chrono::milliseconds(planned.predicted_cpu_ms));
  reader.deadline_->resume(Clock::now());
  reader.link_->send(protocol::Proceed{});
}

/// The kernel keeps it where there is a cage; check_memory() everywhere, a little later.
void ReaderPool::allow(PooledReader& reader, std::optional<Bytes> predicted) {
  const Bytes before = std::exchange(reader.cap_, reader_cap(predicted, options_.page_limit));
  if (!reader.cage_ || reader.cap_ == before) return;
  // Where the kernel refuses, what it allowed before still holds.
  (void)reader.cage_->limit({.memory_max = reader.cap_ + cage_file_bytes, .swap_max = reader.cap_});
}

void ReaderPool::pause(PooledReader& reader) { reader.deadline_->pause(Clock::now()); }

void ReaderPool::freeze(PooledReader& reader) {
  reader.link_->stop();
  reader.deadline_->pause(Clock::now());
}

void ReaderPool::thaw(PooledReader& reader) {
  reader.link_->resume();
  reader.deadline_->resume(Clock::now());
}

Bytes ReaderPool::held(const PooledReader& reader) const {
  // Its cage would say the same: it is one process. memory.stat costs ten times as much.
  return held_by_process(reader.link_->pid()).value_or(Bytes{});
}

std::chrono::nanoseconds ReaderPool::cpu_used(const PooledReader& reader) const {
  const auto now = process_cpu_time(reader.link_->pid());
  return now ? *now - reader.cpu_at_start_ : reader.cpu_seen_;
}

void ReaderPool::finish(PooledReader& reader) {
  reader.state = PooledReader::State::Idle;
  reader.deadline_.reset();
}

void ReaderPool::kill(PooledReader& reader, ReaderEnd end) {
  reader.killed_for_ = std::move(end);
  reader.link_->kill();
}

void ReaderPool::read_in(const std::string& lang) {
  readers_.clear();
  options_.command.lang = lang;
  failed_starts_ = 0;
}

void ReaderPool::close() {
  timer_.cancel();
  readers_.clear();
}

void ReaderPool::on_reply(PooledReader& reader, protocol::Reply reply) {
  if (const auto* ready = std::get_if<protocol::Ready>(&reply)) {
    if (reader.state != PooledReader::State::Starting) {
      return kill(reader, {WorkerEnd::ProtocolBroken, "the reader started twice"});
    }
    reader.state = PooledReader::State::Idle;
    reader.sandbox = ready->sandbox;
    if (reader.cage_) reader.sandbox.append("+").append(options_.cages->level());
    failed_starts_ = 0;
    return events_.on_idle();
  }
  if (const auto* failed = std::get_if<protocol::StartFailed>(&reply)) {
    failed_starts_ = failed_starts_max;
    const bool is_language = failed->why == protocol::StartFailed::Why::Language;
    return events_.on_broken(
        Error{is_language ? ErrorKind::NotFound : ErrorKind::Unavailable, failed->detail});
  }
  if (reader.state != PooledReader::State::Busy) {
    return kill(reader, {WorkerEnd::ProtocolBroken, "the reader spoke unasked"});
  }
  if (std::holds_alternative<protocol::Progress>(reply)) {
    return reader.deadline_->progress(cpu_used(reader));
  }
  if (!reader.killed_for_) events_.on_reply(reader, std::move(reply));
}

ReaderEnd ReaderPool::end_of(const PooledReader& reader, const WaitStatus& status,
                             LinkFault fault) const {
  if (reader.killed_for_) return *reader.killed_for_;
  if (fault == LinkFault::BrokeProtocol) {
    return {WorkerEnd::ProtocolBroken, "the reader broke the protocol"};
  }
  const MemoryKill memory_kill =
      reader.cage_ ? options_.cages->memory_kill(*reader.cage_) : MemoryKill::None;
  const std::optional<int> signal = signal_of(status);
  const std::optional<int> code = exit_code_of(status);
  ReaderEnd end{classify_end(code, signal, memory_kill), {}, reader.cap_};
  if (end.how == WorkerEnd::OutOfMemory) {
    end.detail = "the reader needed more than the " + mib_of(reader.cap_) + " that are its most";
  } else if (memory_kill == MemoryKill::ByHost) {
    end.detail = "the machine ran out of memory and ended the reader";
  } else {
    end.detail = signal ? "the reader ended by signal " + std::to_string(*signal)
                        : "the reader ended with exit code " + std::to_string(*code);
  }
  return end;
}

void ReaderPool::on_end(PooledReader& reader, const WaitStatus& status, LinkFault fault) {
  const ReaderEnd end = end_of(reader, status, fault);
  const PooledReader::State state = reader.state;
  if (state == PooledReader::State::Starting) ++failed_starts_;
  if (state == PooledReader::State::Busy) events_.on_end(reader, end);
  readers_.remove_if([&reader](const PooledReader& other) { return &other == &reader; });
  if (failed_starts_ >= failed_starts_max) {
    return events_.on_broken(
        Error{ErrorKind::Unavailable, "readers end before they are ready: " + end.detail});
  }
  events_.on_idle();
}

void ReaderPool::watch() {
  if (is_timer_set_) return;
  is_timer_set_ = true;
  timer_.expires_after(watch_interval);
  timer_.async_wait([this](const boost::system::error_code& failed) {
    is_timer_set_ = false;
    if (failed) return;
    bool is_anyone_at_work = false;
    for (PooledReader& reader : readers_) {
      check_start(reader);
      check_deadline(reader);
      check_memory(reader);
      is_anyone_at_work = is_anyone_at_work || reader.state != PooledReader::State::Idle;
    }
    if (!is_anyone_at_work) return;
    watch();
    events_.on_watch();
  });
}

void ReaderPool::check_start(PooledReader& reader) {
  if (reader.state != PooledReader::State::Starting || reader.killed_for_) return;
  if (Clock::now() - reader.spawned_at_ < start_wall_max) return;
  kill(reader, {WorkerEnd::NoProgress, "the reader was not ready within 30 s"});
}

void ReaderPool::check_deadline(PooledReader& reader) {
  if (reader.state != PooledReader::State::Busy || reader.killed_for_) return;
  reader.cpu_seen_ = cpu_used(reader);
  const auto overrun = reader.deadline_->overrun(reader.cpu_seen_, Clock::now());
  if (overrun) kill(reader, {WorkerEnd::NoProgress, *overrun});
}

void ReaderPool::check_memory(PooledReader& reader) {
  if (reader.state != PooledReader::State::Busy || reader.killed_for_) return;
  const Bytes used = held(reader);
  if (used <= reader.cap_) return;
  kill(reader,
       {WorkerEnd::OutOfMemory,
        "the reader took " + mib_of(used) + " where " + mib_of(reader.cap_) + " are the most",
        reader.cap_});
}

}  // namespace civicum
