/* The application that sends multicast, as `source` and `probe` share it. */
#pragma once
#define _GNU_SOURCE
#include "payload.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum { BURST = 64, MAX_SIZE = 1472 };

static int sender;
static uint64_t sequence;       /* of the next datagram */
static unsigned char buffers[BURST][MAX_SIZE];
static struct mmsghdr messages[BURST];
static struct iovec parts[BURST];
static unsigned together = 1;  /* datagrams of one call by UDP_SEGMENT */
static struct {
    struct cmsghdr header;
    uint16_t segment;
    char padding[6];
} segmented[BURST];

/* Numbered and stamped; at most BURST of them. */
static inline void send_burst(unsigned count, clockid_t clock) {
    uint64_t now = clock_ns(clock);
    for (unsigned i = 0; i < count; i++) {
        struct payload *payload = (struct payload *)buffers[i];
        payload->sequence = sequence++;
        payload->sent_ns = now;
    }
    unsigned calls = count;
    if (together > 1) {
        calls = 0;
        for (unsigned at = 0; at < count; calls++) { /* of one size, the last one may be shorter */
            struct msghdr *header = &messages[calls].msg_hdr;
            size_t size = parts[at].iov_len;
            header->msg_iov = parts + at;
            segmented[calls].segment = (uint16_t)size;
            for (header->msg_iovlen = 0; at < count && header->msg_iovlen < together && parts[at].iov_len <= size;) {
                header->msg_iovlen++;
                if (parts[at++].iov_len < size) {
                    break;
                }
            }
        }
    }
    for (unsigned done = 0; done < calls;) {
        done += (unsigned)CHECK(sendmmsg(sender, messages + done, calls - done, 0));
    }
}

static inline void sleep_until(uint64_t ns) {
    struct timespec t = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* ARGUMENTS are INTERFACE GROUP PORT SIZE[xTOGETHER] RUN; with TOGETHER so many datagrams are one call (UDP_SEGMENT). Returns SIZE. */
static inline size_t sender_open(char **arguments) {
    struct sockaddr_in group = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[2]))}, own;
    socklen_t length = sizeof own;
    group.sin_addr.s_addr = inet_addr(arguments[1]);
    size_t size = (size_t)atoi(arguments[3]);
    const char *x = strchr(arguments[3], 'x');
    together = x == NULL ? 1 : (unsigned)atoi(x + 1);
    if (size < sizeof(struct payload) || size > MAX_SIZE) {
        fprintf(stderr, "SIZE is %zu..%d\n", sizeof(struct payload), MAX_SIZE);
        exit(64);
    }
    prctl(PR_SET_TIMERSLACK, 1);
    sender = (int)CHECK(socket(AF_INET, SOCK_DGRAM, 0));
    struct ip_mreqn interface = {.imr_ifindex = (int)if_nametoindex(arguments[0])};
    CHECK(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface));
    CHECK(connect(sender, (struct sockaddr *)&group, sizeof group));
    CHECK(getsockname(sender, (struct sockaddr *)&own, &length));
    for (int i = 0; i < BURST; i++) {
        struct payload *payload = (struct payload *)buffers[i];
        payload->run = (uint32_t)strtoul(arguments[4], NULL, 10);
        payload->port = ntohs(own.sin_port);
        parts[i] = (struct iovec){buffers[i], size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = parts + i, .msg_iovlen = 1};
        if (together > 1) {
            segmented[i].header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(uint16_t)), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT};
            messages[i].msg_hdr.msg_control = segmented + i;
            messages[i].msg_hdr.msg_controllen = sizeof segmented[i];
        }
    }
    return size;
}
