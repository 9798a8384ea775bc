/*
 * The members: one process, one UDP socket on each of MEMBERS consecutive addresses.
 *
 *   receiver FIRST_MEMBER MEMBERS PORT RUN SWEEP_US
 *
 * SWEEP_US 0: sleeps in epoll and takes each copy as it comes (latency). Above 0: empties all sockets every SWEEP_US
 * microseconds, which costs so little that the relay is the one being measured (throughput); latencies then contain up
 * to that time. Prints "ready", runs until its standard input ends, then prints
 * "received TOTAL LEAST MOST REORDERED P50_NS P99_NS P999_NS MAX_NS": copies of all members, of the member with the
 * fewest and of the one with the most, copies whose sequence number was not above the one before (a duplicate counts too).
 */
#define _GNU_SOURCE
#include "payload.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, SUB = 64, BUCKETS = 64 * SUB };

struct member {
    int fd;
    uint64_t packets;
    uint64_t next; /* lowest sequence number that is still in order */
};

static uint64_t histogram[BUCKETS]; /* 64 steps in each power of two: 1.6 % */
static uint64_t total, reordered, worst;
static struct payload payloads[BATCH];
static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH];

static unsigned bucket(uint64_t ns) {
    if (ns < SUB) {
        return (unsigned)ns;
    }
    unsigned shift = 63u - (unsigned)__builtin_clzl(ns) - 6;
    return (shift + 1) * SUB + (unsigned)((ns >> shift) - SUB);
}

static uint64_t value(unsigned bucket) {
    return bucket < SUB ? bucket : ((uint64_t)(bucket % SUB + SUB)) << (bucket / SUB - 1);
}

static uint64_t quantile(double q) {
    uint64_t rank = (uint64_t)(q * (double)total), seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += histogram[i];
        if (seen > rank) {
            return value(i);
        }
    }
    return worst;
}

static void drain(struct member *member, uint32_t run) {
    for (;;) {
        int count = recvmmsg(member->fd, messages, BATCH, MSG_DONTWAIT, NULL);
        if (count <= 0) {
            return;
        }
        uint64_t now = now_ns();
        for (int i = 0; i < count; i++) {
            if (messages[i].msg_len < sizeof(struct payload) || payloads[i].run != run) {
                continue;
            }
            uint64_t latency = now > payloads[i].sent_ns ? now - payloads[i].sent_ns : 0;
            histogram[bucket(latency)]++;
            worst = latency > worst ? latency : worst;
            total++;
            member->packets++;
            if (payloads[i].sequence < member->next) {
                reordered++;
            } else {
                member->next = payloads[i].sequence + 1;
            }
        }
        if (count < BATCH) {
            return;
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: receiver FIRST_MEMBER MEMBERS PORT RUN SWEEP_US\n");
        return 64;
    }
    int count = atoi(argv[2]), sweep_us = atoi(argv[5]);
    uint32_t run = (uint32_t)strtoul(argv[4], NULL, 10);
    prctl(PR_SET_TIMERSLACK, 1);
    struct member *members = calloc((size_t)count, sizeof *members);
    int poller = (int)CHECK(epoll_create1(0));
    for (int i = 0; i < count; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[3]))};
        address.sin_addr.s_addr = htonl(ntohl(inet_addr(argv[1])) + (uint32_t)i);
        members[i].fd = (int)CHECK(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
        int bytes = 16 << 20;
        CHECK(setsockopt(members[i].fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes));
        CHECK(bind(members[i].fd, (struct sockaddr *)&address, sizeof address));
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = members + i};
        CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, members[i].fd, &event));
    }
    CHECK(fcntl(0, F_SETFL, O_NONBLOCK));
    struct epoll_event end = {.events = EPOLLIN | EPOLLHUP, .data.ptr = NULL};
    CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, 0, &end));
    for (int i = 0; i < BATCH; i++) { /* the rest of a datagram is of no interest: cut off */
        parts[i] = (struct iovec){payloads + i, sizeof *payloads};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = parts + i, .msg_iovlen = 1};
    }
    puts("ready");
    fflush(stdout);
    for (int running = 1; running;) {
        if (sweep_us > 0) {
            struct timespec pause = {0, sweep_us * 1000L};
            clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
            char c;
            running = read(0, &c, 1) != 0;
            for (int i = 0; i < count; i++) {
                drain(members + i, run);
            }
            continue;
        }
        struct epoll_event events[64];
        int ready = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr == NULL) {
                char c;
                running = read(0, &c, 1) != 0;
            } else {
                drain(events[i].data.ptr, run);
            }
        }
    }
    uint64_t least = members[0].packets, most = 0;
    for (int i = 0; i < count; i++) {
        drain(members + i, run);
        least = members[i].packets < least ? members[i].packets : least;
        most = members[i].packets > most ? members[i].packets : most;
    }
    printf("received %lu %lu %lu %lu %lu %lu %lu %lu\n", total, least, most, reordered, quantile(0.5), quantile(0.99),
        quantile(0.999), worst);
    return 0;
}
