// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/allowed_hosts.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>

namespace civicum {
namespace {

constexpr unsigned bits_v6 = 128;
constexpr unsigned bits_before_v4 = 96;
constexpr std::size_t name_bytes_max = 253;
constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_v4(const IpAddress& address) {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), address.bytes.begin());
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_char(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

IpNetwork network_of(std::string_view text, unsigned bits) {
  const auto address = IpAddress::parse(text);
  ENSURE(address);
  return {*address, bits};
}

const std::array<IpNetwork, 2>& loopback_networks() {
  static const std::array<IpNetwork, 2> networks = {network_of("127.0.0.0", bits_before_v4 + 8),
                                                    network_of("::1", bits_v6)};
  return networks;
}

constexpr const char* private_names =
    "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, fc00::/7, fe80::/10";

const std::array<IpNetwork, 6>& private_networks() {
  static const std::array<IpNetwork, 6> networks = {network_of("10.0.0.0", bits_before_v4 + 8),
                                                    network_of("172.16.0.0", bits_before_v4 + 12),
                                                    network_of("192.168.0.0", bits_before_v4 + 16),
                                                    network_of("169.254.0.0", bits_before_v4 + 16),
                                                    network_of("fc00::", 7),
                                                    network_of("fe80::", 10)};
  return networks;
}

bool is_in(std::span<const IpNetwork> networks, const IpNetwork& one) {
  return std::any_of(networks.begin(), networks.end(),
                     [&one](const IpNetwork& network) { return network.contains(one); });
}

bool is_loopback(const IpNetwork& one) { return is_in(loopback_networks(), one); }
bool is_private(const IpNetwork& one) { return is_in(private_networks(), one); }

Error entry_error(const std::string& entry, const std::string& why) {
  return {ErrorKind::BadInput, "\"" + entry + "\" " + why};
}

Error refusal(const std::string& host, const std::string& why) {
  return {ErrorKind::Refused,
          "sovereignty: the host " + host +
              " is refused, because documents would leave this machine: " + why};
}

/// "10.0.0.0/8"
Result<IpNetwork> parse_network(const std::string& entry, std::size_t slash) {
  const auto address = IpAddress::parse(std::string_view(entry).substr(0, slash));
  const std::string digits = entry.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool is_number = failed == std::errc() && end == digits.data() + digits.size();
  const unsigned before = address && is_v4(*address) ? bits_before_v4 : 0;
  if (!address || !address->zone.empty() || !is_number || bits > bits_v6 - before) {
    return entry_error(entry, "is no network: write it as 10.0.0.0/8 or fd00::/8");
  }
  const IpNetwork network{*address, before + bits};
  for (unsigned bit = network.bits; bit < bits_v6; ++bit) {
    if ((address->bytes[bit / 8] >> (7 - bit % 8) & 1) == 0) continue;
    return entry_error(entry, "is no network: its address has bits behind the first " + digits);
  }
  return network;
}

/// Its last part begins with a letter: no form of an address does.
bool is_host_name(const std::string& text) {
  const std::size_t dot = text.rfind('.');
  const std::string last = dot == std::string::npos ? text : text.substr(dot + 1);
  return text.size() <= name_bytes_max && text.find("..") == std::string::npos && !last.empty() &&
         is_letter(last.front()) && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), is_name_char);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::size_t percent = text.find('%');
  const std::string plain(text.substr(0, percent));
  IpAddress address;
  in_addr v4{};
  if (percent == std::string_view::npos && inet_pton(AF_INET, plain.c_str(), &v4) == 1) {
    std::copy(v4_prefix.begin(), v4_prefix.end(), address.bytes.begin());
    std::memcpy(address.bytes.data() + v4_prefix.size(), &v4, sizeof v4);
    return address;
  }
  if (inet_pton(AF_INET6, plain.c_str(), address.bytes.data()) != 1) return std::nullopt;
  if (percent == std::string_view::npos) return address;
  address.zone = text.substr(percent + 1);
  const bool is_link_local = network_of("fe80::", 10).contains({address, bits_v6});
  const bool is_zone =
      !address.zone.empty() && std::all_of(address.zone.begin(), address.zone.end(), is_name_char);
  if (!is_link_local || !is_zone) return std::nullopt;
  return address;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const bool is_short = is_v4(*this);
  const std::uint8_t* begin = bytes.data() + (is_short ? v4_prefix.size() : 0);
  ENSURE(inet_ntop(is_short ? AF_INET : AF_INET6, begin, buffer.data(), buffer.size()) != nullptr);
  return std::string(buffer.data()) + (zone.empty() ? "" : "%" + zone);
}

bool IpNetwork::contains(const IpNetwork& other) const {
  if (other.bits < bits) return false;
  const auto whole = static_cast<std::ptrdiff_t>(bits / 8);
  const auto& theirs = other.address.bytes;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, theirs.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  const auto at = static_cast<std::size_t>(whole);
  return rest == 0 || (address.bytes[at] ^ theirs[at]) >> (8 - rest) == 0;
}

Result<std::vector<std::string>> resolve_host(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(name.c_str(), nullptr, &hints, &found);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, [](addrinfo* list) {
    if (list != nullptr) freeaddrinfo(list);
  });
  std::vector<std::string> addresses;
  for (const addrinfo* one = found; code == 0 && one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  if (!addresses.empty()) return addresses;
  return Error{ErrorKind::Unavailable,
               "the host " + name + " has no address" +
                   (code == 0 ? "" : ": " + std::string(gai_strerror(code)))};
}

Status AllowedHosts::add(const std::string& entry) {
  const std::size_t slash = entry.find('/');
  const auto address = IpAddress::parse(entry);
  if (slash == std::string::npos && !address) {
    if (!is_host_name(entry)) {
      return entry_error(entry, "is no address, no network and no host name");
    }
    names_.push_back(lower_case(entry));
    return Done{};
  }
  const IpNetwork network =
      address ? IpNetwork{*address, bits_v6} : TRY(parse_network(entry, slash));
  if (!is_private(network) && !is_loopback(network)) {
    return entry_error(entry, std::string("is not private: documents never go to public "
                                          "addresses; what may be named lies in ") +
                                  private_names);
  }
  networks_.push_back(network);
  return Done{};
}

Result<std::vector<std::string>> AllowedHosts::addresses_of(const std::string& host,
                                                            const HostResolver& resolve) const {
  const std::string name = lower_case(host);
  if (name == "localhost") return std::vector<std::string>{"127.0.0.1"};
  if (const auto literal = IpAddress::parse(name)) {
    const IpNetwork one{*literal, bits_v6};
    const bool is_allowed = is_loopback(one) || (is_private(one) && is_in(networks_, one));
    if (is_allowed) return std::vector{literal->text()};
    return refusal(host,
                   is_private(one)
                       ? "a private address is used where allow_hosts in civicum.toml names it"
                       : "only unix sockets, loopback, and private addresses that "
                         "allow_hosts in civicum.toml names are used, never a public one");
  }
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
    return refusal(host,
                   "only unix sockets, loopback, and private addresses or names that allow_hosts "
                   "in civicum.toml names are used");
  }
  std::vector<std::string> addresses;
  for (const std::string& text : TRY(resolve(name))) {
    const auto address = IpAddress::parse(text);
    const bool is_ours =
        address && (is_private({*address, bits_v6}) || is_loopback({*address, bits_v6}));
    if (!is_ours) {
      return refusal(host, "its address is " + text + ", and a public address is never used");
    }
    addresses.push_back(address->text());
  }
  return addresses;
}

}  // namespace civicum
