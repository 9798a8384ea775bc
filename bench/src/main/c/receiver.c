/*
 * The members: one process, one UDP socket on each of MEMBERS consecutive addresses.
 *
 *   receiver MODE FIRST_MEMBER MEMBERS PORT RUN SECONDS SIZE SOURCE
 *
 * MODE sleep: sleeps in epoll and takes each copy as it comes (latency).
 * MODE apply: a thread for each member, asleep in recv until a copy comes, one copy a call, as an ordinary application has it;
 *   no latencies.
 * MODE sweep: empties all sockets every half millisecond, which costs so little that the relay is the one being measured
 *   (throughput); latencies then contain up to that time.
 * MODE gro: as sweep, with UDP_GRO and room for whole super-frames.
 * MODE check: as sleep, and looks at each byte; every second member with UDP_GRO.
 *
 * Prints "ready", runs until its standard input ends, then prints
 * "received TOTAL LEAST MOST REORDERED P50_NS P99_NS P999_NS MAX_NS IN_TIME WRONG FOREIGN": copies of all members, of the
 * member with the fewest and of the one with the most; copies whose sequence number was not above the one before (a
 * duplicate counts too); IN_TIME, those that were read between 0.2 and 1.0 of SECONDS after the first, when the buffers
 * have found their level; and of a check (the source's datagrams have SIZE bytes) those whose length or contents are wrong,
 * and those that do not come from SOURCE and the port it used.
 */
#define _GNU_SOURCE
#include "histogram.h"
#include "payload.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, FRAME = 65536, SWEEP_NS = 500000 };

struct member {
    int fd;
    uint64_t packets;
    uint64_t next; /* lowest sequence number that is still in order */
    uint64_t reordered, in_time; /* of its own thread */
    pthread_t thread;
} __attribute__((aligned(64)));

static struct histogram latencies;
static uint64_t reordered, in_time, wrong, foreign;
static uint64_t first_ns, seconds_ns;
static uint32_t run;
static size_t checked; /* SIZE in a check */
static uint32_t source_address;
static size_t room;
static unsigned char *buffers;
static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH];
static struct sockaddr_in from[BATCH];
static char controls[BATCH][64];

static void look_at(const unsigned char *at, size_t length, const struct payload *payload, const struct sockaddr_in *sender) {
    int bad = length != checked_size(payload->sequence, checked);
    for (size_t i = sizeof *payload; i < length && !bad; i++) {
        bad = at[i] != checked_byte(payload->sequence, i);
    }
    wrong += (uint64_t)bad;
    foreign += sender->sin_addr.s_addr != source_address || ntohs(sender->sin_port) != payload->port;
}

static void take(struct member *member, const unsigned char *at, size_t length, uint64_t now, const struct sockaddr_in *sender) {
    struct payload payload;
    if (length < sizeof payload) {
        wrong++;
        return;
    }
    memcpy(&payload, at, sizeof payload);
    if (payload.run != run) {
        return;
    }
    first_ns = first_ns == 0 ? now : first_ns;
    in_time += now - first_ns >= seconds_ns / 5 && now - first_ns < seconds_ns;
    histogram_add(&latencies, now > payload.sent_ns ? now - payload.sent_ns : 0);
    member->packets++;
    if (payload.sequence < member->next) {
        reordered++;
    } else {
        member->next = payload.sequence + 1;
    }
    if (checked > 0) {
        look_at(at, length, &payload, sender);
    }
}

/* How long the datagrams are that came as one. */
static size_t segment(struct msghdr *header, size_t length) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            return (size_t)size;
        }
    }
    return length;
}

static void drain(struct member *member) {
    for (;;) {
        if (room == FRAME) {
            for (int i = 0; i < BATCH; i++) {
                messages[i].msg_hdr.msg_controllen = sizeof controls[i];
                messages[i].msg_hdr.msg_namelen = sizeof from[i];
            }
        }
        int count = recvmmsg(member->fd, messages, BATCH, MSG_DONTWAIT, NULL);
        if (count <= 0) {
            return;
        }
        uint64_t now = now_ns();
        for (int i = 0; i < count; i++) {
            size_t length = messages[i].msg_len;
            size_t step = room == FRAME ? segment(&messages[i].msg_hdr, length) : length;
            const unsigned char *at = parts[i].iov_base;
            for (size_t done = 0; done < length; done += step) {
                take(member, at + done, length - done < step ? length - done : step, now, from + i);
            }
        }
        if (count < BATCH) {
            return;
        }
    }
}

/* An application: until its socket is shut down. */
static void *apply(void *argument) {
    struct member *member = argument;
    uint64_t first = 0;
    struct payload payload;
    for (ssize_t length; (length = recv(member->fd, &payload, sizeof payload, 0)) > 0;) {
        if (length < (ssize_t)sizeof payload || payload.run != run) {
            continue;
        }
        uint64_t now = now_ns();
        first = first == 0 ? now : first;
        member->in_time += now - first >= seconds_ns / 5 && now - first < seconds_ns;
        member->packets++;
        if (payload.sequence < member->next) {
            member->reordered++;
        } else {
            member->next = payload.sequence + 1;
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 9 || strlen(argv[1]) == 0) {
        fprintf(stderr, "usage: receiver sleep|apply|sweep|gro|check FIRST_MEMBER MEMBERS PORT RUN SECONDS SIZE SOURCE\n");
        return 64;
    }
    int sweep = argv[1][1] == 'w' || argv[1][0] == 'g', gro = argv[1][0] == 'g', checking = argv[1][0] == 'c', applying = argv[1][0] == 'a';
    int count = atoi(argv[3]);
    run = (uint32_t)strtoul(argv[5], NULL, 10);
    seconds_ns = (uint64_t)(atof(argv[6]) * 1e9);
    checked = checking ? (size_t)atoi(argv[7]) : 0;
    prctl(PR_SET_TIMERSLACK, 1);
    struct member *members = aligned_alloc(64, (size_t)count * sizeof *members);
    memset(members, 0, (size_t)count * sizeof *members);
    int poller = (int)CHECK(epoll_create1(0));
    for (int i = 0; i < count; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[4]))};
        address.sin_addr.s_addr = htonl(ntohl(inet_addr(argv[2])) + (uint32_t)i);
        members[i].fd = (int)CHECK(socket(AF_INET, applying ? SOCK_DGRAM : SOCK_DGRAM | SOCK_NONBLOCK, 0));
        int bytes = 16 << 20, on = 1;
        CHECK(setsockopt(members[i].fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes));
        if (gro || (checking && i % 2 == 1)) {
            CHECK(setsockopt(members[i].fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on));
        }
        CHECK(bind(members[i].fd, (struct sockaddr *)&address, sizeof address));
        if (applying) {
            CHECK(-pthread_create(&members[i].thread, NULL, apply, members + i));
            continue;
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = members + i};
        CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, members[i].fd, &event));
    }
    CHECK(fcntl(0, F_SETFL, O_NONBLOCK));
    struct epoll_event end = {.events = EPOLLIN | EPOLLHUP, .data.ptr = NULL};
    CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, 0, &end));
    /* otherwise the rest of a datagram is of no interest: cut off */
    room = gro || checking ? FRAME : sizeof(struct payload);
    buffers = calloc(BATCH, room);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){buffers + (size_t)i * room, room};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = parts + i, .msg_iovlen = 1};
        if (room == FRAME) {
            messages[i].msg_hdr.msg_name = from + i;
            messages[i].msg_hdr.msg_control = controls[i];
        }
    }
    source_address = inet_addr(argv[8]);
    puts("ready");
    fflush(stdout);
    for (int running = 1; running;) {
        if (sweep) {
            struct timespec pause = {0, SWEEP_NS};
            clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
            char c;
            running = read(0, &c, 1) != 0;
            for (int i = 0; i < count; i++) {
                drain(members + i);
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
                drain(events[i].data.ptr);
            }
        }
    }
    for (int i = 0; i < count && applying; i++) {
        shutdown(members[i].fd, SHUT_RD); /* ENOTCONN, and yet recv returns */
        pthread_join(members[i].thread, NULL);
        reordered += members[i].reordered;
        in_time += members[i].in_time;
        latencies.total += members[i].packets;
    }
    uint64_t least = members[0].packets, most = 0;
    for (int i = 0; i < count; i++) {
        drain(members + i);
        least = members[i].packets < least ? members[i].packets : least;
        most = members[i].packets > most ? members[i].packets : most;
    }
    printf("received %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu\n", latencies.total, least, most, reordered,
        quantile(&latencies, 0.5), quantile(&latencies, 0.99), quantile(&latencies, 0.999), latencies.worst, in_time, wrong, foreign);
    return 0;
}
