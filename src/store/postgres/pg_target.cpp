// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_target.h"

#include <arpa/inet.h>
#include <libpq-fe.h>

#include <array>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

namespace civicum {
namespace {

constexpr const char* default_socket_folder = "/var/run/postgresql";
constexpr const char* connect_timeout_s = "5";
// A network that swallows everything is noticed within a lease (30 s), not within the system's two
// hours: 10 s of silence, then three questions.
constexpr std::array<std::pair<const char*, const char*>, 4> silence_limits = {{
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "25000"},
}};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

void take_options(const PQconninfoOption* options, std::map<std::string, std::string>& into) {
  for (; options->keyword != nullptr; ++options) {
    if (options->val != nullptr && *options->val != '\0') into[options->keyword] = options->val;
  }
}

/// libpq takes a list of hosts, separated by commas.
Status check_hosts(const std::string& list) {
  std::istringstream hosts(list);
  for (std::string host; std::getline(hosts, host, ',');) {
    if (is_local_host(host)) continue;
    return Error{ErrorKind::Refused,
                 "sovereignty: the database host " + host +
                     " is refused, because documents would leave this machine: only unix sockets "
                     "and loopback addresses are used"};
  }
  return Done{};
}

std::string name_of_target(const std::map<std::string, std::string>& options) {
  const auto option = [&options](const char* keyword) {
    const auto found = options.find(keyword);
    return found == options.end() ? std::string() : found->second;
  };
  const std::string database = option("dbname").empty() ? option("user") : option("dbname");
  const std::string host = option("hostaddr").empty() ? option("host") : option("hostaddr");
  const bool is_socket = host.starts_with('/');
  const std::string server = is_socket ? "" : host + ":" + option("port");
  return "postgres://" + server + "/" + database + (is_socket ? "?host=" + host : "");
}

}  // namespace

bool is_local_host(const std::string& host) {
  if (host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost") {
    return true;
  }
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<PgTarget> parse_pg_target(const std::string& url) {
  char* complaint = nullptr;
  const Options parsed(PQconninfoParse(url.c_str(), &complaint));
  const std::unique_ptr<char, void (*)(void*)> complaint_owner(complaint, PQfreemem);
  if (!parsed) {
    std::string_view why = complaint != nullptr ? complaint : "out of memory\n";
    if (why.ends_with('\n')) why.remove_suffix(1);
    return Error{ErrorKind::BadInput, "--store " + url + ": " + std::string(why)};
  }
  PgTarget target;
  const Options defaults(PQconndefaults());
  if (!defaults) return Error{ErrorKind::OutOfMemory, "no memory for the database's address"};
  take_options(defaults.get(), target.options);
  take_options(parsed.get(), target.options);
  if (target.options.contains("service")) {
    return Error{ErrorKind::BadInput,
                 "--store: a service file may name any host; write the host into the URL instead"};
  }
  std::string& host = target.options["host"];
  if (host.empty() && !target.options.contains("hostaddr")) host = default_socket_folder;
  (void)TRY(check_hosts(host));
  if (const auto address = target.options.find("hostaddr"); address != target.options.end()) {
    (void)TRY(check_hosts(address->second));
  } else if (host == "localhost") {
    host = "127.0.0.1";  // whatever the name resolves to
  }
  target.options.try_emplace("connect_timeout", connect_timeout_s);
  for (const auto& [keyword, value] : silence_limits) target.options.try_emplace(keyword, value);
  target.options["application_name"] = "civicum";
  target.options["client_encoding"] = "UTF8";
  target.name = name_of_target(target.options);
  return target;
}

}  // namespace civicum
