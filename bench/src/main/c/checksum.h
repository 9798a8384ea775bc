/* One's complement sums, as the relays need them. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Of 16-bit words as they lie in memory. */
static inline uint64_t sum(const unsigned char *at, size_t length) {
    uint64_t total = 0;
    uint32_t word = 0;
    for (; length >= 4; at += 4, length -= 4) {
        memcpy(&word, at, 4);
        total += word;
    }
    word = 0;
    memcpy(&word, at, length);
    return total + word;
}

static inline uint16_t fold(uint64_t total) {
    total = (total >> 32) + (total & 0xFFFFFFFF);
    total = (total >> 32) + (total & 0xFFFFFFFF);
    total = (total >> 16) + (total & 0xFFFF);
    total = (total >> 16) + (total & 0xFFFF);
    total = (total >> 16) + (total & 0xFFFF);
    return (uint16_t)total;
}

static inline void put16(unsigned char *at, uint16_t network) { memcpy(at, &network, 2); }
static inline void put32(unsigned char *at, uint32_t network) { memcpy(at, &network, 4); }
static inline uint16_t get16(const unsigned char *at) { uint16_t network; memcpy(&network, at, 2); return network; }
static inline uint32_t get32(const unsigned char *at) { uint32_t network; memcpy(&network, at, 4); return network; }
