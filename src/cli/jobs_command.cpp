// SPDX-License-Identifier: GPL-3.0-or-later
// `civicum jobs`: what is open, what runs and where, what was given up and why.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/parsing.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "node/document_jobs.h"

namespace civicum {
namespace {

constexpr std::uint32_t rows_per_query = 500;

struct JobsRequest {
  StorePlace place;
  std::vector<JobId> ids;
  std::string state;
  std::string kind;
  std::uint32_t count = 100;
  bool is_json = false;
};

std::uint32_t page_count(const JobRow& job) {
  const auto work = reading_work(job.page_index, job.payload);
  return work && work->pages ? work->pages->count : 0;
}

void append_job(JsonWriter& json, const JobRow& job) {
  json.begin_object().member("id", job.id).member("kind", std::string_view(job.kind));
  json.member("state", name_of(job.state)).member("priority", job.priority);
  if (job.document) json.member("document", *job.document);
  if (job.page_index) json.member("page", *job.page_index + 1).member("pages", page_count(job));
  json.member("attempts", job.attempts).member("errors", job.budget.errors);
  json.member("errors_max", job.budget.errors_max).member("crashes", job.budget.crashes);
  json.member("kills", job.budget.kills).member("needs_left", job.needs_left);
  if (job.is_cancelling) json.member("cancelling", true);
  if (job.state == JobState::Scheduled) json.member("run_at", job.run_at_ms);
  if (!job.worker.empty()) json.member("worker", std::string_view(job.worker));
  if (job.pages_total > 0) {
    json.member("pages_done", job.pages_done).member("pages_total", job.pages_total);
  }
  if (!job.reason.empty()) {
    json.member("reason", std::string_view(job.reason))
        .member("detail", std::string_view(job.detail));
  }
  json.member("created_at", job.created_at_ms);
  if (job.started_at_ms) json.member("started_at", *job.started_at_ms);
  if (job.ended_at_ms) json.member("ended_at", *job.ended_at_ms);
  json.end_object();
}

std::string jobs_json(const std::vector<JobRow>& jobs) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("version", std::uint32_t{1}).key("jobs").begin_array();
  for (const JobRow& job : jobs) append_job(json.line_break(), job);
  json.end_array().end_object();
  return text + "\n";
}

std::string jobs_table(const std::vector<JobRow>& jobs) {
  std::vector<std::vector<std::string>> cells;
  for (const JobRow& job : jobs) {
    const std::string progress =
        job.pages_total > 0 ? fmt::format("{}/{}", job.pages_done, job.pages_total) : "";
    cells.push_back({std::to_string(job.id), job.kind, std::string(name_of(job.state)),
                     job.document ? std::to_string(*job.document) : "",
                     job.page_index ? std::to_string(*job.page_index + 1) : "", progress,
                     std::to_string(job.attempts), job.worker,
                     job.reason.empty() ? "" : job.reason + ": " + job.detail});
  }
  return render_table(
      {">ID", "KIND", "STATE", ">DOCUMENT", ">FROM PAGE", ">DONE", ">ATTEMPTS", "WORKER", "REASON"},
      cells);
}

std::string job_text(const JobRow& job) {
  std::string text = fmt::format(
      "job       {}\nkind      {}\nstate     {}{}\nattempts  {} ({} of {} errors, {} crashes, {} "
      "kills)\n",
      job.id, job.kind, name_of(job.state), job.is_cancelling ? ", cancelling" : "", job.attempts,
      job.budget.errors, job.budget.errors_max, job.budget.crashes, job.budget.kills);
  if (job.document) text += fmt::format("document  {}\n", *job.document);
  if (job.page_index)
    text += fmt::format("pages     {} from page {}\n", page_count(job), *job.page_index + 1);
  if (job.needs_left > 0) text += fmt::format("waits     for {} jobs\n", job.needs_left);
  if (job.state == JobState::Scheduled) text += "runs at   " + render_time(job.run_at_ms) + "\n";
  if (!job.worker.empty()) {
    text += fmt::format("worker    {}, {} of {} pages done\n", job.worker, job.pages_done,
                        job.pages_total);
  }
  if (!job.reason.empty()) {
    text += "reason    " + job.reason + (job.detail.empty() ? "" : ": " + job.detail) + "\n";
  }
  text += "created   " + render_time(job.created_at_ms) + "\n";
  if (job.ended_at_ms) text += "ended     " + render_time(*job.ended_at_ms) + "\n";
  return text;
}

Status print_jobs(const JobsRequest& request, const std::vector<JobRow>& jobs) {
  if (request.is_json) return print(jobs_json(jobs));
  for (const JobRow& job : jobs) (void)TRY(print(job_text(job)));
  return Done{};
}

Result<int> list(const JobsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  std::vector<JobRow> jobs;
  while (jobs.size() < request.count) {
    const JobId after = jobs.empty() ? 0 : jobs.back().id;
    const auto wanted = std::min<std::uint32_t>(
        rows_per_query, request.count - static_cast<std::uint32_t>(jobs.size()));
    const std::vector<JobRow> some =
        TRY(store.jobs().list({job_state_of(request.state), request.kind, after, wanted}));
    if (some.empty()) break;
    jobs.insert(jobs.end(), some.begin(), some.end());
  }
  (void)TRY(print(request.is_json ? jobs_json(jobs) : jobs_table(jobs)));
  return exit_well;
}

using Step = Result<JobRow> (Jobs::*)(JobId);

template <Step step>
Result<int> each(const JobsRequest& request) {
  Store store = TRY(open_store(request.place, IfMissing::Refuse));
  std::vector<JobRow> jobs;
  for (const JobId id : request.ids) jobs.push_back(TRY((store.jobs().*step)(id)));
  (void)store.announce();  // a worker that does not hear it looks for itself
  (void)TRY(print_jobs(request, jobs));
  return exit_well;
}

constexpr std::array subcommands = {
    Subcommand<JobsRequest>{"list", "Jobs that are not done; those that are leave the queue", list},
    Subcommand<JobsRequest>{"show", "All that is known of jobs", each<&Jobs::show>},
    Subcommand<JobsRequest>{"retry", "Dead, cancelled and pausing jobs begin anew",
                            each<&Jobs::retry>},
    Subcommand<JobsRequest>{"cancel", "Waiting jobs end; running ones are asked to",
                            each<&Jobs::cancel>},
};

void add_arguments(CLI::App& sub, JobsRequest& request) {
  add_store_options(sub, request.place);
  sub.add_flag("--json", request.is_json, "As JSON");
  if (sub.get_name() != "list") {
    sub.add_option("ids", request.ids, "Numbers of jobs (civicum jobs list)")
        ->required()
        ->type_name("ID");
    return;
  }
  sub.add_option("--state", request.state, "Only those")
      ->check(CLI::IsMember({"blocked", "scheduled", "queued", "running", "dead", "cancelled"}));
  sub.add_option("--kind", request.kind, "Only those, as read:spa or finish");
  sub.add_option("--count", request.count, "At most so many")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace

int run_jobs(const std::vector<std::string>& arguments) {
  return run_group<JobsRequest>(
      {"civicum jobs",
       "The work on a store's documents: what is open, what runs, what was given up.", subcommands,
       add_arguments},
      arguments);
}

}  // namespace civicum
