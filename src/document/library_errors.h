// SPDX-License-Identifier: GPL-3.0-or-later
// What foreign libraries say on their error channels while a page is read. Their return values lie
// about memory: a failed allocation is a message and an empty or wrong picture, with success
// returned. So messages are counted, never printed, and some of them fail the page.
//
// The libraries' callbacks are plain functions without a context, so the count is one per process;
// a reader reads one page at a time on one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace civicum::library_errors {

/// More messages than this on one page fail it: a damaged file can produce a million.
inline constexpr std::uint64_t page_messages_max = 20'000;

/// Sends Leptonica's messages to note(). Call once, before the first picture.
void watch_leptonica();

/// One message of a library; callable from any of its callbacks.
void note(std::string_view message);
/// The same for one that says that something was left out of the result.
void note_error(std::string_view message);
/// The first of those since begin_page(); empty where there was none.
std::string first_error();

/// Forgets the messages so far.
void begin_page();

/// OutOfMemory where a library could not allocate since begin_page(), Corrupt where it complained
/// more than page_messages_max times.
Status verdict();

/// True for a message that stands for a failed allocation.
bool is_allocation_failure(std::string_view message);

}  // namespace civicum::library_errors
