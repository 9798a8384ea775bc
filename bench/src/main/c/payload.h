/* What the source writes at the front of each datagram, in the host's byte order: both ends are on one machine. */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct payload {
    uint32_t run;       /* one number a measurement, so that late copies of the one before are told apart */
    uint32_t reserved;
    uint64_t sequence;  /* from 0 */
    uint64_t sent_ns;   /* CLOCK_MONOTONIC */
};

static inline uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
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
