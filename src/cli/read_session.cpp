// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/read_session.h"

#include <csignal>
#include <utility>

#include "cli/store_options.h"

namespace civicum {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(250);

ReadOptions in_cages(ReadOptions options, ReaderCages& cages) {
  options.cages = &cages;
  return options;
}

}  // namespace

ReadSession::ReadSession(Store& store, Blobs& blobs, const ReadRequest& request, Reading reading)
    : store_(store),
      blobs_(blobs),
      cages_(request.options.memory),
      options_(in_cages(request.options, cages_)),
      reading_(reading),
      queue_(store, blobs),
      display_(request.verbosity),
      timer_(loop_),
      signals_(loop_, SIGINT, SIGTERM),
      run_(loop_, store.documents(), reading == Reading::Here ? nullptr : &queue_, options_,
           display_) {}

Status ReadSession::work(std::vector<Input> inputs) {
  signals_.async_wait([this](const boost::system::error_code& failed, int) {
    if (failed) return;
    is_interrupted_ = true;
    run_.interrupt();
  });
  tick();
  if (reading_ == Reading::ByWorkers) begin_worker();
  if (reading_ == Reading::Here) {
    // Where it cannot be, civicum status does not see this run, and nothing else is lost.
    auto socket =
        StatusSocket::listen(loop_, store_.folder(), [this] { return run_.status_line(); });
    if (socket) status_socket_ = *std::move(socket);
  }
  run_.start(std::move(inputs), [this](Status status) { after_run(std::move(status)); });
  loop_.run();
  display_.finish();
  return status_;
}

void ReadSession::tick() {
  timer_.expires_after(tick_interval);
  timer_.async_wait([this](const boost::system::error_code& failed) {
    if (failed) return;
    display_.tick(run_.snapshot());
    if (reading_ == Reading::ByOwner) take_over();
    tick();
  });
}

/// Where the owner has ended: what it has left is read here.
void ReadSession::take_over() {
  auto lock = try_own_folder(store_.folder());
  if (!lock) return run_.stop(lock.error());
  if (!*lock) return;
  lock_ = std::move(**lock);
  reading_ = Reading::ByWorkers;
  begin_worker();
}

void ReadSession::begin_worker() {
  WorkerOptions options;
  options.desk = {{options_.reader_program, options_.lang},
                  options_.jobs,
                  options_.page_seconds,
                  options_.memory,
                  options_.cages};
  options.lang = options_.lang;
  WorkerObserver& observer = *this;
  worker_.emplace(loop_, store_, blobs_, std::move(options), observer);
  worker_->start([this](const Status& status) {
    is_worker_over_ = true;
    if (is_run_over_) return loop_.stop();
    if (!status) run_.stop(status.error());
  });
}

void ReadSession::after_run(Status status) {
  status_ = std::move(status);
  is_run_over_ = true;
  if (!worker_ || is_worker_over_) return loop_.stop();
  worker_->stop();
}

void ReadSession::on_document_ended(const DocumentRow& /*document*/) { run_.look_at_queue(); }

/// The run says the gaps of its own documents.
void ReadSession::on_gap(const std::string& /*file*/, std::uint32_t /*page*/, const Gap& /*gap*/) {}

void ReadSession::on_event(const std::string& sentence) { display_.say("civicum: " + sentence); }

}  // namespace civicum
