// SPDX-License-Identifier: GPL-3.0-or-later
// Which hosts may be connected to at all: loopback, and of the private networks (RFC 1918, RFC
// 4193, link-local) those that the configuration names. A public address is never one of them,
// however it is written and whatever a name resolves to.
//
// Only the full textual forms are addresses (1.2.3.4, RFC 4291): decimal, octal and short ones are
// taken for names, and a name is looked up only where the configuration has exactly this one: to
// ask for any other would tell the network. An IPv4 address within IPv6 (::ffff:1.2.3.4) is that
// IPv4 address.
//
// Invariant: what addresses_of() answers is numeric, and what is to be connected to; nobody
// resolves it a second time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace civicum {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< IPv4 as ::ffff:1.2.3.4
  std::string zone;                      ///< of a link-local IPv6 address: its interface

  static std::optional<IpAddress> parse(std::string_view text);
  std::string text() const;
};

struct IpNetwork {
  IpAddress address;
  unsigned bits = 0;  ///< of the 128

  bool contains(const IpNetwork& other) const;
};

/// The numeric addresses of a name. Unavailable where it has none.
using HostResolver = std::function<Result<std::vector<std::string>>(const std::string& name)>;
Result<std::vector<std::string>> resolve_host(const std::string& name);

class AllowedHosts {
 public:
  /// Nothing but loopback.
  AllowedHosts() = default;
  /// Adds an address, a network as 10.0.0.0/8, or a name. BadInput where it is none of these, or
  /// public.
  Status add(const std::string& entry);
  /// Where `host` may be connected to. Refused, with the rule; Unavailable where a name that is
  /// allowed has no address.
  Result<std::vector<std::string>> addresses_of(const std::string& host,
                                                const HostResolver& resolve = resolve_host) const;

 private:
  std::vector<IpNetwork> networks_;
  std::vector<std::string> names_;
};

}  // namespace civicum
