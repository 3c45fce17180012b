// SPDX-License-Identifier: GPL-3.0-or-later
// The rhythm of a worker: claim, beat, reap, wait. What the jobs do is in worker_jobs.cpp.
#include "node/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "host/process.h"
#include "os/random.h"

namespace civicum {
namespace {

using std::chrono::steady_clock;

// Wake-ups may be lost; jobs are looked for this often in any case.
constexpr milliseconds poll_interval{30'000};
// While others hold leases, whether they live is asked this often; dead for so long is dead.
constexpr milliseconds watch_interval{700};
// A lease that is over and cannot be taken back yet.
constexpr milliseconds late_interval{100};
// After the first connection, and after one that had to be made anew: the others may still be on
// their way back.
constexpr milliseconds trust_first{1000};
constexpr int trust_again_beats = 2;
// Dead and cancelled jobs are kept so long, for people to look at.
constexpr milliseconds retention = std::chrono::hours(24 * 30);
constexpr auto forgetting_interval = std::chrono::minutes(10);
// Pages of before there was search, 2 ms each.
constexpr std::size_t pages_indexed_per_turn = 50;
// A language's readers take 0.1 s to start and load its data: 1 % of a stint.
constexpr auto stint = std::chrono::seconds(20);
constexpr milliseconds trouble_pause_first{100};
constexpr milliseconds trouble_pause_max{5000};

/// Rounded up: it is due when the pause is over.
milliseconds from_now(steady_clock::time_point due) {
  return std::chrono::ceil<milliseconds>(due - steady_clock::now());
}

}  // namespace

Worker::Worker(Loop& loop, Store& store, Blobs& blobs, WorkerOptions options,
               WorkerObserver& observer)
    : loop_(loop),
      store_(store),
      blobs_(blobs),
      jobs_(store.jobs()),
      documents_(store.documents()),
      options_(std::move(options)),
      host_(host_name()),
      id_(fmt::format("{}:{}:{:x}", host_, getpid(), random_token())),
      observer_(observer),
      desk_(loop, options_.desk, desk_events()),
      timer_(loop),
      lang_(options_.desk.command.lang) {}

void Worker::start(std::function<void(Status)> on_finished) {
  on_finished_ = std::move(on_finished);
  boost::asio::post(loop_, [this] { turn(); });
}

/// Everything that is due; from here on until the next turn, the desk works and its events come.
void Worker::turn() {
  if (is_stopped_) return;
  const auto work = [this]() -> Result<milliseconds> {
    (void)TRY(come_in());
    (void)TRY(claim_jobs());  // what has just been added does not wait for the house to be kept
    (void)TRY(keep_house());
    (void)TRY(take_jobs());
    return pause_until_next();
  };
  const Result<milliseconds> pause = work();
  if (!pause) return on_trouble(pause.error());
  trouble_pause_ = milliseconds(0);
  arm(*pause);
  if (options_.end == WorkerOptions::End::Never) return;
  const Result<Remainder> rest = what_remains();
  if (!rest) return on_trouble(rest.error());
  if (rest->is_any_ours) return;
  (void)jobs_.remove_worker(id_);
  if (rest->unreadable.empty()) return end(Done{});
  end(Error{ErrorKind::Unavailable,
            "documents in '" + rest->unreadable + "' are left: its data is not installed"});
}

/// After a job has moved on: only what keeps readers busy.
void Worker::work_on() {
  if (is_stopped_ || !has_come_in_) return;
  const Status taken = take_jobs();
  if (!taken) return on_trouble(taken.error());
  if (is_idle()) turn();
}

bool Worker::is_idle() const {
  return std::all_of(at_work_.begin(), at_work_.end(),
                     [](const auto& entry) { return entry.second->is_idle(); });
}

/// At the start, and after every trouble.
Status Worker::come_in() {
  if (wake_ == nullptr) (void)TRY(listen());
  if (has_come_in_) return Done{};
  // What it held before it lost the database; and, where it owns the store, what others did.
  const auto mine = TRY(jobs_.leases_of(id_));
  (void)TRY(settle_lost(mine, {AttemptEnd::Released, "", ""}));
  if (!store_.is_remote()) {
    (void)TRY(bury_dead());
    (void)TRY(show_status());
  }
  (void)TRY(remove_doomed_originals());
  (void)TRY(finish_scrub());
  (void)TRY(revive_stranded());
  has_come_in_ = true;
  return Done{};
}

/// One that cannot be removed stops nobody.
Status Worker::remove_doomed_originals() {
  Status removed = store_.remove_doomed_originals(blobs_);
  if (removed || removed.error().kind != ErrorKind::Denied) return removed;
  observer_.on_event(removed.error().what + "; whoever may has to remove it");
  return Done{};
}

/// Where a removal was cut short. What keeps it from being finished stops nobody.
Status Worker::finish_scrub() {
  Status scrubbed = store_.finish_scrub();
  if (scrubbed) return scrubbed;
  const ErrorKind kind = scrubbed.error().kind;
  if (kind != ErrorKind::Denied && kind != ErrorKind::Unavailable) return scrubbed;
  observer_.on_event(scrubbed.error().what);
  return Done{};
}

Status Worker::show_status() {
  if (status_ != nullptr) return Done{};
  status_ = TRY(StatusSocket::listen(loop_, store_.folder(), [this] { return status_line(); }));
  return Done{};
}

Status Worker::listen() {
  const std::int64_t live_key = random_token();
  wake_ = TRY(store_.listen(live_key));
  (void)TRY(jobs_.register_worker({id_, live_key, host_, getpid()}));
  trust_after_ =
      steady_clock::now() + (was_here_before_ ? trust_again_beats * beat_interval() : trust_first);
  was_here_before_ = true;
  suspects_.clear();
  watch();
  return Done{};
}

void Worker::watch() {
  if (!wake_watch_) wake_watch_.emplace(loop_, wake_->fd());
  wake_watch_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [this](const boost::system::error_code& cancelled) {
                            if (!cancelled && wake_ != nullptr) hear();
                          });
}

void Worker::hear() {
  const Result<bool> is_woken = wake_->take();
  if (!is_woken) {
    stop_listening();
    return turn();  // listens anew, or has its trouble
  }
  watch();
  if (*is_woken) turn();
}

void Worker::stop_listening() {
  if (wake_watch_) (void)wake_watch_->release();
  wake_watch_.reset();
  wake_.reset();
}

Status Worker::keep_house() {
  if (steady_clock::now() >= next_beat_) {
    (void)TRY(beat());
    next_beat_ = steady_clock::now() + beat_interval();
  }
  (void)TRY(reap());
  if (store_.is_remote() && steady_clock::now() >= trust_after_) (void)TRY(bury_dead());
  (void)TRY(jobs_.promote_due());
  if (jobs_ended_ >= tidy_after) {
    (void)TRY(jobs_.tidy());
    jobs_ended_ = 0;
  }
  if (steady_clock::now() >= next_forgetting_) {
    (void)TRY(jobs_.forget_ended(retention));
    next_forgetting_ = steady_clock::now() + forgetting_interval;
  }
  if (!is_all_indexed_)
    is_all_indexed_ = TRY(store_.search().index_missing(pages_indexed_per_turn)) == 0;
  return Done{};
}

Status Worker::take_jobs() {
  if (!is_stint_over_ && steady_clock::now() >= stint_end_) {
    is_stint_over_ = TRY(next_language()).has_value();
    stint_end_ = steady_clock::now() + stint;
  }
  (void)TRY(claim_jobs());
  if (is_idle()) (void)TRY(change_language());
  return Done{};
}

/// … in the readers' language.
Status Worker::claim_jobs() {
  while (has_room() && TRY(claim_one())) {
  }
  desk_.pump();
  return Done{};
}

/// Nothing is in hand, and nothing waits in the readers' language, or its stint is over.
Status Worker::change_language() {
  const std::optional<std::string> next = TRY(next_language());
  is_stint_over_ = false;
  if (!next) return Done{};
  keep_idle(0);
  desk_.read_in(*next);
  lang_ = *next;
  stint_end_ = steady_clock::now() + stint;
  return claim_jobs();
}

/// The language, other than the readers' own, whose turn it is among those with jobs that wait.
Result<std::optional<std::string>> Worker::next_language() {
  if (!options_.lang.empty()) return std::optional<std::string>();
  std::set<std::string> waiting;
  for (const JobCount& count : TRY(jobs_.count())) {
    const std::string lang = lang_of_kind(count.kind);
    const bool is_readable = !lang.empty() && lang != lang_ && !unreadable_.contains(lang);
    if (is_readable && count.state == JobState::Queued) waiting.insert(lang);
  }
  if (waiting.empty()) return std::optional<std::string>();
  const auto after = waiting.upper_bound(lang_);
  return std::optional(after == waiting.end() ? *waiting.begin() : *after);
}

/// Readers do not start. Documents in another language may still be read.
void Worker::on_broken(const Error& error) {
  if (unreadable_.contains(lang_)) return;  // the end of a reader that has said so
  unreadable_.insert(lang_);
  if (error.kind != ErrorKind::NotFound || !options_.lang.empty()) {
    return boost::asio::post(loop_, [this, what = error.what] {
      give_up({ErrorKind::Unavailable, what});
    });
  }
  observer_.on_event(error.what + "; documents in '" + lang_ + "' wait for a worker that has it");
  boost::asio::post(loop_, [this] { act(let_go()); });
}

/// What is in hand goes back as if it had not been taken.
void Worker::give_up(const Error& error) {
  if (is_stopped_) return;
  if (let_go()) (void)jobs_.remove_worker(id_);
  end(error);
}

/// Of the jobs that are open. Blocked ones wait for others that are counted.
Result<Worker::Remainder> Worker::what_remains() {
  Remainder rest;
  for (const JobCount& count : TRY(jobs_.count())) {
    const bool is_open = count.state == JobState::Queued || count.state == JobState::Scheduled ||
                         count.state == JobState::Running;
    if (!is_open) continue;
    const std::string lang = lang_of_kind(count.kind);
    if (unreadable_.contains(lang)) {
      rest.unreadable = lang;
    } else if (lang.empty() || options_.lang.empty() || lang == options_.lang) {
      rest.is_any_ours = true;
    }
  }
  return rest;
}

/// The next thing that will not announce itself.
Result<milliseconds> Worker::pause_until_next() {
  const NextTimes next = TRY(jobs_.next_times(id_));
  milliseconds pause = poll_interval;
  if (!is_all_indexed_) pause = milliseconds(1);
  if (next.promotion) pause = std::min(pause, *next.promotion);
  if (next.lease_end) pause = std::min(pause, std::max(*next.lease_end, late_interval));
  if (!held().empty()) {
    pause = std::min(pause, from_now(next_beat_));
  }
  if (next.foreign_leases > 0 && store_.is_remote()) pause = std::min(pause, watch_interval);
  for (const auto& [worker, since] : suspects_)
    pause = std::min(pause, from_now(since + watch_interval));
  if (options_.end == WorkerOptions::End::WhenIdle) pause = std::min(pause, watch_interval);
  return std::max(pause, milliseconds(1));
}

/// Enough that readers never wait, few enough that other workers find something.
bool Worker::has_room() const {
  std::uint32_t waiting = 0;
  std::uint32_t opening = 0;
  for (const auto& [place, document] : at_work_) {
    waiting += document->pages.left();
    if (document->open_job) ++opening;
  }
  return waiting + opening < 2 * options_.desk.jobs;
}

/// What was begun first comes first. False where nothing is to be done.
Result<bool> Worker::claim_one() {
  std::vector<std::string> kinds = {finish_kind};
  if (!is_stint_over_ && !unreadable_.contains(lang_)) kinds.push_back(reading_kind(lang_));
  for (const std::string& kind : kinds) {
    std::vector<ClaimedJob> jobs = TRY(jobs_.claim({kind, 1, id_, options_.lease}));
    if (jobs.empty()) continue;
    (void)TRY(begin(kind, jobs.front()));
    return true;
  }
  return false;
}

Status Worker::begin(const std::string& kind, const ClaimedJob& job) {
  Status begun = kind == finish_kind ? finish_document(job) : begin_reading(job);
  if (begun || begun.error().kind == ErrorKind::Unavailable) return begun;
  return fail(job, begun.error());
}

std::vector<Lease> Worker::held() const {
  std::vector<Lease> leases;
  for (const auto& [place, document] : at_work_) {
    if (document->open_job) leases.push_back(document->open_job->lease);
    for (const Run& run : document->runs) leases.push_back(run.job.lease);
  }
  return leases;
}

/// Leases are prolonged; what was lost or is no longer wanted is let go of.
Status Worker::beat() {
  const std::vector<Lease> leases = held();
  const std::vector<HoldWish> wishes = TRY(jobs_.beat(id_, leases, options_.lease));
  std::set<JobId> unwanted;
  for (std::size_t i = 0; i < leases.size(); ++i) {
    if (wishes[i] != HoldWish::GoOn) unwanted.insert(leases[i].job);
  }
  for (Document* document : holders_of(unwanted)) (void)TRY(release(*document, "cancelled"));
  return Done{};
}

std::vector<Worker::Document*> Worker::holders_of(const std::set<JobId>& jobs) const {
  std::vector<Document*> holders;
  for (const auto& [place, document] : at_work_) {
    const bool holds_one =
        (document->open_job && jobs.contains(document->open_job->lease.job)) ||
        std::any_of(document->runs.begin(), document->runs.end(),
                    [&jobs](const Run& run) { return jobs.contains(run.job.lease.job); });
    if (holds_one) holders.push_back(document.get());
  }
  return holders;
}

/// Jobs of workers that are late go back into the queue, whoever is first to see it.
Status Worker::reap() {
  return settle_lost(TRY(jobs_.expired_leases()),
                     {AttemptEnd::Kill, "worker_lost", "its worker did not beat in time"});
}

/// Jobs of workers that are gone go back at once. One whose connection broke is back within a
/// second, so that it must seem dead for a while, however often it is looked.
Status Worker::bury_dead() {
  const steady_clock::time_point now = steady_clock::now();
  std::map<std::string, steady_clock::time_point> suspects;
  for (const std::string& worker : TRY(jobs_.dead_workers(id_))) {
    const auto known = suspects_.find(worker);
    const steady_clock::time_point since = known == suspects_.end() ? now : known->second;
    if (store_.is_remote() && now < since + watch_interval) {
      suspects[worker] = since;
      continue;
    }
    const auto leases = TRY(jobs_.leases_of(worker));
    (void)TRY(settle_lost(leases, {AttemptEnd::Kill, "worker_lost", "its worker is gone"}));
    (void)TRY(jobs_.remove_dead_worker(worker));
  }
  suspects_ = std::move(suspects);
  return Done{};
}

Status Worker::settle_lost(const std::vector<LostLease>& leases, const AttemptFailure& failure) {
  for (const LostLease& lost : leases) {
    AttemptFailure settled = failure;
    settled.memo = lost.memo;
    settled.writes_if_dead = writes_if_dead(lost.document, lost.page_index);
    const Hold hold = TRY(jobs_.fail(lost.lease, lost.budget, settled));
    if (hold == Hold::Held && failure.end == AttemptEnd::Kill) {
      observer_.on_event("job " + std::to_string(lost.lease.job) + " of worker " + lost.worker +
                         " is taken back: " + failure.detail);
    }
  }
  return Done{};
}

Status Worker::revive_stranded() {
  for (const DocumentId id : TRY(documents_.stranded())) {
    const DocumentRow row = TRY(documents_.show(id));
    const ReadingOptions options = TRY(parse_reading_options(row.options));
    const NewJob job = opening_job({id, options.lang, ""});
    (void)TRY(jobs_.enqueue(std::span(&job, 1)));
  }
  return Done{};
}

void Worker::arm(milliseconds pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) turn();
  });
}

/// After an event of the desk: what the store said of it.
void Worker::act(const Status& status) {
  if (is_stopped_) return;
  if (!status) return on_trouble(status.error());
  boost::asio::post(loop_, [this] { work_on(); });
}

/// A database that is gone comes back, a full disk has room again, or not; everything held is let
/// go of meanwhile.
void Worker::on_trouble(const Error& error) {
  if (error.kind != ErrorKind::Unavailable) return end(error);
  if (trouble_pause_.count() == 0) observer_.on_event(error.what + "; trying again");
  trouble_pause_ = std::clamp(trouble_pause_ * 2, trouble_pause_first, trouble_pause_max);
  for (const auto& [place, document] : at_work_) desk_.remove(*document);
  at_work_.clear();
  stop_listening();
  has_come_in_ = false;
  arm(trouble_pause_);
}

/// Gives back all that is in hand.
Status Worker::let_go() {
  std::vector<Document*> documents;
  for (const auto& [place, document] : at_work_) documents.push_back(document.get());
  for (Document* document : documents) (void)TRY(release(*document, "released"));
  return Done{};
}

void Worker::stop() {
  if (is_stopped_) return;
  desk_.stop();
  const Status released = let_go();
  if (!released) return end(released.error());
  (void)jobs_.remove_worker(id_);
  end(Done{});
}

/// From here on nothing is claimed or written. In a turn of its own: the caller may stand on a
/// reader.
void Worker::end(Status status) {
  if (is_stopped_) return;
  is_stopped_ = true;
  desk_.stop();
  timer_.cancel();
  stop_listening();
  boost::asio::post(loop_, [this, status = std::move(status)]() mutable {
    desk_.close();
    on_finished_(std::move(status));
  });
}

}  // namespace civicum
