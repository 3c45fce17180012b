// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres/pg_target.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "store/postgres/pg_commands.h"

namespace civicum {
namespace {

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

/// Its complaint may quote what stands where a password should.
Error bad_url(const std::string& url, std::string_view complaint) {
  if (complaint.ends_with('\n')) complaint.remove_suffix(1);
  const bool has_secret =
      url.find('@') != std::string::npos || url.find("password") != std::string::npos;
  if (!has_secret) {
    return {ErrorKind::BadInput, "--store " + url + ": " + std::string(complaint)};
  }
  return {ErrorKind::BadInput,
          "--store: not a URL like postgres://USER:PASSWORD@HOST:PORT/DATABASE?NAME=VALUE; within "
          "a name or a password, % / ? # @ : are written %25 %2F %3F %23 %40 %3A"};
}

Result<std::map<std::string, std::string>> named_options(const std::string& url) {
  char* complaint = nullptr;
  const Options parsed(PQconninfoParse(url.c_str(), &complaint));
  const std::unique_ptr<char, void (*)(void*)> complaint_owner(complaint, PQfreemem);
  if (!parsed) return bad_url(url, complaint != nullptr ? complaint : "out of memory");
  std::map<std::string, std::string> options;
  take_options(parsed.get(), options);
  return options;
}

/// With what the environment adds.
Result<std::map<std::string, std::string>> with_defaults(
    std::map<std::string, std::string> options) {
  const Options defaults(PQconndefaults());
  if (!defaults) return Error{ErrorKind::OutOfMemory, "no memory for the database's address"};
  std::map<std::string, std::string> others;
  take_options(defaults.get(), others);
  options.merge(others);
  return options;
}

/// `url` for people: the same without a password.
std::string shown(const std::string& url, std::map<std::string, std::string> named) {
  const bool is_url = url.starts_with("postgres://") || url.starts_with("postgresql://");
  if (is_url) return without_password(url);
  std::erase_if(named, [](const auto& one) { return one.first.ends_with("password"); });
  std::string pairs;
  for (const auto& [keyword, value] : named) {
    pairs += (pairs.empty() ? "" : " ") + connection_pair(keyword, value);
  }
  return pairs;
}

/// libpq's lists, parted by commas. Of nothing one empty part.
std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool is_port(const std::string& text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_socket(const std::string& host) { return host.starts_with('/') || host.starts_with('@'); }

/// What the URL and the environment name, before it is looked at.
Result<std::vector<PgEndpoint>> named_endpoints(const PgTarget& target) {
  const std::vector<std::string> hosts = parts_of(target.option("host"));
  const std::vector<std::string> addresses = parts_of(target.option("hostaddr"));
  const std::vector<std::string> ports = parts_of(target.option("port"));
  const bool has_hosts = !target.option("host").empty();
  const bool has_addresses = !target.option("hostaddr").empty();
  const std::size_t count = has_addresses ? addresses.size() : hosts.size();
  // Of an address that is left out, libpq would ask the environment.
  const bool is_address_missing =
      has_addresses && std::find(addresses.begin(), addresses.end(), "") != addresses.end();
  if ((has_addresses && has_hosts && hosts.size() != count) || is_address_missing ||
      (ports.size() != 1 && ports.size() != count)) {
    return Error{ErrorKind::BadInput, "--store: as many hosts, addresses and ports are needed"};
  }
  std::vector<PgEndpoint> endpoints;
  for (std::size_t i = 0; i < count; ++i) {
    PgEndpoint one{has_hosts ? hosts[i] : "", has_addresses ? addresses[i] : "",
                   ports.size() == 1 ? ports[0] : ports[i]};
    if (one.port.empty()) one.port = default_port;
    if (!is_port(one.port)) return Error{ErrorKind::BadInput, "--store: the port is no number"};
    if (one.address.empty() && one.host.empty()) one.host = default_socket_folder;
    endpoints.push_back(std::move(one));
  }
  return endpoints;
}

/// Each address that a server may be connected to at.
Result<std::vector<PgEndpoint>> allowed_endpoints(const PgTarget& target,
                                                  const AllowedHosts& allowed,
                                                  const HostResolver& resolve) {
  std::vector<PgEndpoint> endpoints;
  for (const PgEndpoint& named : TRY(named_endpoints(target))) {
    if (named.address.empty() && is_socket(named.host)) {
      endpoints.push_back(named);
      continue;
    }
    const std::string& host = named.address.empty() ? named.host : named.address;
    for (const std::string& address : TRY(allowed.addresses_of(host, resolve))) {
      endpoints.push_back({named.host.empty() ? address : named.host, address, named.port});
    }
  }
  return endpoints;
}

std::string name_of(const PgTarget& target) {
  std::string servers;
  std::string sockets;
  for (const PgEndpoint& one : target.endpoints) {
    const bool has_port = one.port != default_port;
    if (one.address.empty()) {
      sockets += (sockets.empty() ? "?host=" : ",") + one.host;
      if (has_port) sockets += "&port=" + one.port;
      continue;
    }
    const bool is_bare_v6 = one.address.find(':') != std::string::npos;
    servers += (servers.empty() ? "" : ",") + (is_bare_v6 ? "[" + one.address + "]" : one.address) +
               ":" + one.port;
  }
  return "postgres://" + servers + "/" + target.database() + sockets;
}

}  // namespace

std::string PgTarget::option(const std::string& keyword) const {
  const auto found = options.find(keyword);
  return found == options.end() ? std::string() : found->second;
}

std::string PgTarget::database() const {
  const std::string named = option("dbname");
  return named.empty() ? option("user") : named;
}

Result<PgTarget> parse_pg_target(const std::string& url, const AllowedHosts& allowed,
                                 const HostResolver& resolve) {
  PgTarget target;
  const std::map<std::string, std::string> named = TRY(named_options(url));
  target.options = TRY(with_defaults(named));
  if (target.options.contains("service")) {
    return Error{ErrorKind::BadInput,
                 "--store: a service file may name any host; write the host into the URL instead"};
  }
  target.endpoints = TRY(allowed_endpoints(target, allowed, resolve));
  for (const char* keyword : {"host", "hostaddr", "port"}) target.options.erase(keyword);
  target.options.try_emplace("connect_timeout", connect_timeout_s);
  for (const auto& [keyword, value] : silence_limits) target.options.try_emplace(keyword, value);
  target.options["application_name"] = "civicum";
  target.options["client_encoding"] = "UTF8";
  // Kerberos would ask a host that nobody named.
  target.options["gssencmode"] = "disable";
  target.name = name_of(target);
  target.url = shown(url, named);
  return target;
}

}  // namespace civicum
