// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/ranking.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace civicum {
namespace {

constexpr int steps_max = 40;
constexpr double step_change_min = 1e-5;
constexpr double damping = 0.85;

/// Stems as ranks 0…n−1 in ascending order, so that a step can use plain arrays.
std::vector<std::uint32_t> distinct_stems(std::span<const StemVector> vectors) {
  std::vector<std::uint32_t> stems;
  for (const StemVector& vector : vectors) {
    for (const WeightedStem& entry : vector) stems.push_back(entry.stem);
  }
  std::sort(stems.begin(), stems.end());
  stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
  return stems;
}

struct Cell {
  std::uint32_t column = 0;
  float weight = 0;
};

class LikenessGraph {
 public:
  explicit LikenessGraph(std::span<const StemVector> vectors) {
    const std::vector<std::uint32_t> stems = distinct_stems(vectors);
    sums_.resize(stems.size());
    for (const StemVector& vector : vectors) {
      std::vector<Cell>& row = rows_.emplace_back();
      row.reserve(vector.size());
      for (const WeightedStem& entry : vector) {
        const auto at = std::lower_bound(stems.begin(), stems.end(), entry.stem);
        row.push_back({static_cast<std::uint32_t>(at - stems.begin()), entry.weight});
      }
    }
  }

  /// The likeness matrix, without its diagonal, times `x`.
  std::vector<double> times(const std::vector<double>& x) {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      for (const Cell& cell : rows_[i]) sums_[cell.column] += cell.weight * x[i];
    }
    std::vector<double> product(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      double sum = rows_[i].empty() ? 0.0 : -x[i];
      for (const Cell& cell : rows_[i]) sum += cell.weight * sums_[cell.column];
      product[i] = std::max(0.0, sum);
    }
    return product;
  }

 private:
  std::vector<std::vector<Cell>> rows_;
  std::vector<double> sums_;
};

}  // namespace

std::vector<StemVector> weigh_stems(std::span<const std::vector<std::uint32_t>> sentences) {
  std::vector<StemVector> vectors;
  std::map<std::uint32_t, std::uint32_t> sentence_counts;
  for (const std::vector<std::uint32_t>& stems : sentences) {
    std::map<std::uint32_t, float> counts;
    for (const std::uint32_t stem : stems) counts[stem] += 1;
    StemVector& vector = vectors.emplace_back();
    vector.reserve(counts.size());
    for (const auto& [stem, count] : counts) {
      vector.push_back({stem, count});
      ++sentence_counts[stem];
    }
  }
  const double sentence_count = static_cast<double>(sentences.size());
  for (StemVector& vector : vectors) {
    double square = 0;
    for (WeightedStem& entry : vector) {
      const double seen = sentence_counts[entry.stem];
      entry.weight *= static_cast<float>(std::log(1.0 + sentence_count / seen));
      square += double{entry.weight} * double{entry.weight};
    }
    for (WeightedStem& entry : vector) entry.weight /= static_cast<float>(std::sqrt(square));
  }
  return vectors;
}

float cosine(const StemVector& a, const StemVector& b) {
  float sum = 0;
  for (std::size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    if (a[i].stem == b[k].stem)
      sum += a[i++].weight * b[k++].weight;
    else if (a[i].stem < b[k].stem)
      ++i;
    else
      ++k;
  }
  return std::min(sum, 1.0F);
}

std::vector<float> rank_by_likeness(std::span<const StemVector> vectors) {
  if (vectors.empty()) return {};
  LikenessGraph graph(vectors);
  const std::size_t count = vectors.size();
  const std::vector<double> degrees = graph.times(std::vector<double>(count, 1.0));
  std::vector<double> share(count, 1.0 / static_cast<double>(count));
  std::vector<double> outgoing(count);
  for (int step = 0; step < steps_max; ++step) {
    for (std::size_t i = 0; i < count; ++i) {
      outgoing[i] = degrees[i] > 0 ? share[i] / degrees[i] : 0.0;
    }
    const std::vector<double> arriving = graph.times(outgoing);
    double change = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double next = (1 - damping) / static_cast<double>(count) + damping * arriving[i];
      change += std::abs(next - share[i]);
      share[i] = next;
    }
    if (change < step_change_min) break;
  }
  const double largest = *std::max_element(share.begin(), share.end());
  std::vector<float> ranks;
  ranks.reserve(count);
  for (const double value : share) ranks.push_back(static_cast<float>(value / largest));
  return ranks;
}

}  // namespace civicum
