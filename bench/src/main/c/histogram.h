/* Latencies by 64 steps in each power of two: 1.6 %. */
#pragma once
#include <stdint.h>

enum { SUB = 64, BUCKETS = 64 * SUB };

struct histogram {
    uint64_t count[BUCKETS], total, worst;
};

static inline unsigned bucket(uint64_t ns) {
    if (ns < SUB) {
        return (unsigned)ns;
    }
    unsigned shift = 63u - (unsigned)__builtin_clzl(ns) - 6;
    return (shift + 1) * SUB + (unsigned)((ns >> shift) - SUB);
}

static inline uint64_t bucket_value(unsigned bucket) {
    return bucket < SUB ? bucket : ((uint64_t)(bucket % SUB + SUB)) << (bucket / SUB - 1);
}

static inline void histogram_add(struct histogram *histogram, uint64_t ns) {
    histogram->count[bucket(ns)]++;
    histogram->total++;
    histogram->worst = ns > histogram->worst ? ns : histogram->worst;
}

static inline uint64_t quantile(const struct histogram *histogram, double q) {
    uint64_t rank = (uint64_t)(q * (double)histogram->total), seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += histogram->count[i];
        if (seen > rank) {
            return bucket_value(i);
        }
    }
    return histogram->worst;
}
