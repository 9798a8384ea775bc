/* What the source writes at the front of each datagram, in the host's byte order: both ends are on one machine. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct payload {
    uint32_t run;       /* one number a measurement, so that late copies of the one before are told apart */
    uint32_t port;      /* from which the source sends */
    uint64_t sequence;  /* from 0 */
    uint64_t sent_ns;   /* CLOCK_MONOTONIC; of the probe CLOCK_REALTIME */
};

static inline uint64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

/* In a check, now and then a datagram is a byte shorter, so that runs of one size end in many places... */
static inline size_t checked_size(uint64_t sequence, size_t size) {
    return size - (size > sizeof(struct payload) && sequence / 128 % 2 == 1 && sequence % 5 == 0);
}

/* ...and each byte behind the front depends on the datagram and on its place in it. */
static inline unsigned char checked_byte(uint64_t sequence, size_t at) {
    return (unsigned char)(sequence * 31 + (sequence >> 8) + at);
}

/* Ends the program with the call that failed and why. */
#define CHECK(call) check((call), #call, __FILE__, __LINE__)
static inline long check(long result, const char *call, const char *file, int line) {
    if (result < 0) {
        fprintf(stderr, "%s:%d: ", file, line);
        perror(call);
        exit(1);
    }
    return result;
}
