// SPDX-License-Identifier: GPL-3.0-or-later
// The event loop: Boost.Asio, one io_context on one thread. Its templates are compiled once, in
// loop.cpp.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace civicum {

using Loop = boost::asio::io_context;

}  // namespace civicum
