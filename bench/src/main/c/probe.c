/*
 * Source and member in one, for rates at which no machine of two CPUs can receive all copies.
 *
 *   probe INTERFACE GROUP PORT SIZE RUN SECONDS DATAGRAMS_PER_SECOND even|poisson|bursts MEMBERS STATISTICS
 *         NAMESPACE MEMBER MEMBER_PORT
 *
 * Sends to GROUP: evenly, at random moments (Poisson, the same ones each time), or 16 at once; each datagram is
 * stamped when it is handed to the kernel. In the gaps it reads the socket of one MEMBER, which lives in NAMESPACE: the kernel
 * has stamped what arrived when it arrived, so it does not matter when it is read. The other members' copies are dropped
 * at the far end of their device; all are counted in STATISTICS, the directory with the counters of the device by which
 * they leave. The member's socket takes super-frames whole (UDP_GRO), to cost the relay's CPU little.
 *
 * Gives up when 20,000 datagrams wait: the relay is overloaded. Prints
 * "probe SENT COPIES FRAMES RECEIVED REORDERED P50_NS P99_NS P999_NS MAX_NS OVERLOADED WALL_NS": copies of all members,
 * received and the latencies of the one.
 */
#define _GNU_SOURCE
#include "device.h"
#include "histogram.h"
#include "sender.h"
#include <errno.h>
#include <math.h>
#include <netinet/udp.h>
#include <sched.h>

enum { READ = 16, FRAME = 65536, TOO_MANY = 20000, AT_ONCE = 16 };

static int member;
static struct mmsghdr in[READ];
static struct iovec in_parts[READ];
static char controls[READ][128];
static struct histogram latencies;
static uint64_t expected, reordered;
static uint32_t run;

static void open_member(const char *namespace, const char *address, const char *port) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    int here = (int)CHECK(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)), there = (int)CHECK(open(path, O_RDONLY | O_CLOEXEC));
    CHECK(setns(there, CLONE_NEWNET));
    member = (int)CHECK(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    CHECK(setns(here, CLONE_NEWNET));
    close(here);
    close(there);
    int on = 1, bytes = 64 << 20;
    CHECK(setsockopt(member, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes));
    CHECK(setsockopt(member, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on));
    CHECK(setsockopt(member, IPPROTO_UDP, UDP_GRO, &on, sizeof on));
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    local.sin_addr.s_addr = inet_addr(address);
    CHECK(bind(member, (struct sockaddr *)&local, sizeof local));
    for (int i = 0; i < READ; i++) {
        in_parts[i] = (struct iovec){malloc(FRAME), FRAME};
        memset(in_parts[i].iov_base, 0, FRAME); /* no page faults later */
        in[i].msg_hdr = (struct msghdr){.msg_iov = in_parts + i, .msg_iovlen = 1, .msg_control = controls[i]};
    }
}

static void take(struct msghdr *header, size_t length) {
    uint64_t arrived = 0;
    size_t segment = length;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            arrived = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
        } else if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            segment = (size_t)size;
        }
    }
    const unsigned char *at = header->msg_iov->iov_base;
    for (size_t done = 0; segment > 0 && done + sizeof(struct payload) <= length; done += segment) {
        struct payload payload;
        memcpy(&payload, at + done, sizeof payload);
        if (payload.run != run) {
            continue;
        }
        histogram_add(&latencies, arrived > payload.sent_ns ? arrived - payload.sent_ns : 0);
        if (payload.sequence < expected) {
            reordered++;
        } else {
            expected = payload.sequence + 1;
        }
    }
}

/* What waits, at most READ frames. Returns how many there were. */
static int read_some(void) {
    for (int i = 0; i < READ; i++) {
        in[i].msg_hdr.msg_controllen = sizeof controls[i];
    }
    int count = recvmmsg(member, in, READ, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        take(&in[i].msg_hdr, in[i].msg_len);
    }
    return count;
}

/* Nanoseconds to the next departure. */
static double gap(char shape, double rate) {
    static uint64_t random = 0x9E3779B97F4A7C15u;
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    switch (shape) {
    case 'p': return -log((double)((random >> 11) + 1) / 9007199254740993.0) * 1e9 / rate;
    case 'b': return AT_ONCE * 1e9 / rate;
    default: return 1e9 / rate;
    }
}

int main(int argc, char **argv) {
    if (argc != 14 || strchr("epb", argv[8][0]) == NULL) {
        fprintf(stderr, "usage: probe INTERFACE GROUP PORT SIZE RUN SECONDS DATAGRAMS_PER_SECOND even|poisson|bursts"
                        " MEMBERS STATISTICS NAMESPACE MEMBER MEMBER_PORT\n");
        return 64;
    }
    size_t size = sender_open(argv + 1);
    run = (uint32_t)strtoul(argv[5], NULL, 10);
    double rate = atof(argv[7]);
    char shape = argv[8][0];
    unsigned at_once = shape == 'b' ? AT_ONCE : 1;
    uint64_t members = strtoull(argv[9], NULL, 10);
    struct device out;
    device_open(&out, argv[10]);
    open_member(argv[11], argv[12], argv[13]);

    int overloaded = 0;
    uint64_t start = now_ns(), until = start + (uint64_t)(atof(argv[6]) * 1e9), looked = start, read_at = start;
    double due = (double)start + gap(shape, rate);
    for (uint64_t now = start; now < until && !overloaded; now = now_ns()) {
        if ((double)now >= due) { /* late ones at once, so that the rate is kept */
            unsigned count = 0;
            for (; count + at_once <= BURST && (double)now >= due; count += at_once) {
                due += gap(shape, rate);
            }
            send_burst(count, CLOCK_REALTIME);
        } else if (now - looked > 10000000) {
            looked = now;
            overloaded = sequence > device_left(&out, size).copies / members + TOO_MANY;
        } else if (due - (double)now > 4000 && now - read_at > 20000) {
            read_at = now;
            read_some();
        } else if (due - (double)now > 60000) {
            sleep_until((uint64_t)due - 30000);
        } else {
            __builtin_ia32_pause(); /* leaves the core to its other thread, where the relay may be */
        }
    }
    uint64_t wall = now_ns() - start;
    struct left left = device_left(&out, size);
    for (uint64_t moved_at = now_ns(); now_ns() - moved_at < 500000000;) {
        struct left now = device_left(&out, size);
        if (read_some() > 0 || now.copies != left.copies) {
            left = now;
            moved_at = now_ns();
        } else if (now.copies >= sequence * members && latencies.total >= sequence) {
            break;
        }
        sleep_until(now_ns() + 500000);
    }
    printf("probe %lu %lu %lu %lu %lu %lu %lu %lu %lu %d %lu\n", sequence, left.copies, left.frames, latencies.total, reordered,
        quantile(&latencies, 0.5), quantile(&latencies, 0.99), quantile(&latencies, 0.999), latencies.worst, overloaded, wall);
    return 0;
}
