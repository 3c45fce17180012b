// SPDX-License-Identifier: GPL-3.0-or-later
// Which sentences stand for all: a random walk over the graph of likeness (continuous LexRank:
// Erkan and Radev, 2004). The graph's matrix is the product of the sentences' word vectors, so it
// is never built: a step costs as much as the sentences have words.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace civicum {

struct WeightedStem {
  std::uint32_t stem = 0;
  float weight = 0;
};
/// Ascending by stem, each stem once, of length 1 (or empty).
using StemVector = std::vector<WeightedStem>;

/// The vectors of sentences given as stems: term frequency times inverse sentence frequency.
std::vector<StemVector> weigh_stems(std::span<const std::vector<std::uint32_t>> sentences);

/// 0…1.
float cosine(const StemVector& a, const StemVector& b);

/// Each sentence's share of the walk, the largest being 1. Deterministic.
std::vector<float> rank_by_likeness(std::span<const StemVector> vectors);

}  // namespace civicum
