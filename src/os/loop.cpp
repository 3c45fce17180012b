// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/loop.h"

#include <boost/asio/impl/src.hpp>
