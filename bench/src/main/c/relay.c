/*
 * The C twins of `socket`: one group in, one unicast copy to each member out, in the plainest good C.
 *
 *   relay raw INTERFACE GROUP PORT FIRST_MEMBER MEMBERS MEMBER_PORT   as the socket plane does it: raw capture with
 *       recvmmsg(64), own IP and UDP headers, source kept, sendmmsg over batches of 256 messages
 *   relay udp ...                                                     a plain UDP socket in and out, own source
 *
 * The members are MEMBERS consecutive addresses. Prints "ready" when it serves; runs until killed.
 */
#define _GNU_SOURCE
#include "checksum.h"
#include "payload.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVE = 64, SEND = 256, HEADER = 28, STRIDE = 65536 + 192 }; /* not a power of 2: cache sets */

static int member_count;
static struct sockaddr_in *members;     /* port 0 for raw: the headers have it */
static uint32_t *member_sums;           /* what a member adds to the UDP checksum: address and port */
static uint64_t *member_packets;        /* counters as the plane has them */
static uint64_t failed;

static struct mmsghdr in[RECEIVE], out[SEND];
static struct iovec in_parts[RECEIVE], out_parts[SEND][2];
static unsigned char headers[SEND][HEADER];
static int batch_member[SEND];
static int filled;

static void flush(int fd) {
    for (int done = 0; done < filled;) {
        int sent = sendmmsg(fd, out + done, (unsigned)(filled - done), MSG_DONTWAIT);
        if (sent < 0) { /* the first message is the one that failed: charge it and go on */
            failed++;
            done++;
            continue;
        }
        for (int i = done; i < done + sent; i++) {
            member_packets[batch_member[i]]++;
        }
        done += sent;
    }
    filled = 0;
}

/* A datagram with its IP header: check it, then queue a copy with new headers for each member. */
static void relay_raw(int fd, const unsigned char *packet, size_t length) {
    size_t ip_length = (packet[0] & 15u) * 4;
    if (length < ip_length + 8) {
        return;
    }
    const unsigned char *udp = packet + ip_length;
    uint16_t udp_length_network, checksum;
    memcpy(&udp_length_network, udp + 4, 2);
    memcpy(&checksum, udp + 6, 2);
    size_t udp_length = ntohs(udp_length_network);
    if (udp_length < 8 || udp_length > length - ip_length) {
        return;
    }
    uint64_t payload_sum = 0;
    if (checksum != 0) {
        uint64_t pseudo = sum(packet + 12, 8) + htons(IPPROTO_UDP) + udp_length_network;
        payload_sum = sum(udp + 8, udp_length - 8);
        /* right, or left unfinished by offload: then it is the pseudo-header's sum */
        if (fold(pseudo + sum(udp, 8) + payload_sum) != 0xFFFF && checksum != fold(pseudo)) {
            return;
        }
    }
    uint32_t source;
    uint16_t source_port;
    memcpy(&source, packet + 12, 4);
    memcpy(&source_port, udp, 2);
    uint64_t common = payload_sum + source + source_port + 2u * udp_length_network + htons(IPPROTO_UDP);
    for (int member = 0; member < member_count; member++) {
        unsigned char *header = headers[filled]; /* version, TTL, protocol and zeros are there already */
        header[1] = packet[1];
        put16(header + 2, htons((uint16_t)(20 + udp_length)));
        put32(header + 12, source);
        put32(header + 16, members[member].sin_addr.s_addr);
        put16(header + 20, source_port);
        put16(header + 22, members[member].sin_port);
        put16(header + 24, udp_length_network);
        uint16_t sum16 = 0;
        if (checksum != 0) {
            sum16 = (uint16_t)~fold(common + member_sums[member]);
            sum16 = sum16 == 0 ? 0xFFFF : sum16;
        }
        put16(header + 26, sum16);
        out_parts[filled][1].iov_base = (void *)(udp + 8);
        out_parts[filled][1].iov_len = udp_length - 8;
        out[filled].msg_hdr.msg_name = members + member;
        batch_member[filled] = member;
        if (++filled == SEND) {
            flush(fd);
        }
    }
}

static void relay_udp(int fd, const unsigned char *payload, size_t length) {
    for (int member = 0; member < member_count; member++) {
        out_parts[filled][0].iov_base = (void *)payload;
        out_parts[filled][0].iov_len = length;
        out[filled].msg_hdr.msg_name = members + member;
        batch_member[filled] = member;
        if (++filled == SEND) {
            flush(fd);
        }
    }
}

static void receive_buffer(int fd) {
    int bytes = 64 << 20;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0) {
        bytes = 4 << 20;
        CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes));
    }
}

int main(int argc, char **argv) {
    if (argc != 8 || (strcmp(argv[1], "raw") != 0 && strcmp(argv[1], "udp") != 0)) {
        fprintf(stderr, "usage: relay raw|udp INTERFACE GROUP PORT FIRST_MEMBER MEMBERS MEMBER_PORT\n");
        return 64;
    }
    int raw = strcmp(argv[1], "raw") == 0;
    struct ip_mreqn join = {.imr_ifindex = (int)if_nametoindex(argv[2])};
    join.imr_multiaddr.s_addr = inet_addr(argv[3]);
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[4]))};
    local.sin_addr = join.imr_multiaddr;
    uint16_t member_port = htons((uint16_t)atoi(argv[7]));
    member_count = atoi(argv[6]);
    members = calloc((size_t)member_count, sizeof *members);
    member_sums = calloc((size_t)member_count, sizeof *member_sums);
    member_packets = calloc((size_t)member_count, sizeof *member_packets);
    for (int i = 0; i < member_count; i++) {
        members[i].sin_family = AF_INET;
        members[i].sin_port = member_port;
        members[i].sin_addr.s_addr = htonl(ntohl(inet_addr(argv[5])) + (uint32_t)i);
        uint64_t own = (uint64_t)members[i].sin_addr.s_addr + member_port;
        member_sums[i] = (uint32_t)((own >> 32) + (own & 0xFFFFFFFF));
    }

    int joined = (int)CHECK(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK(setsockopt(joined, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof join));
    int capture, send_fd;
    if (raw) {
        capture = (int)CHECK(socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
        /* destination is the group, and the port is ours; everything else is dropped in the kernel */
        struct sock_filter code[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(local.sin_addr.s_addr), 0, 4),
            BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohs(local.sin_port), 0, 1), BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),
            BPF_STMT(BPF_RET | BPF_K, 0)};
        struct sock_fprog filter = {sizeof code / sizeof *code, code};
        CHECK(setsockopt(capture, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
        send_fd = (int)CHECK(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
        int on = 1, bytes = 64 << 20;
        CHECK(setsockopt(send_fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on));
        if (setsockopt(send_fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) < 0) {
            CHECK(setsockopt(send_fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes));
        }
    } else {
        capture = send_fd = (int)CHECK(socket(AF_INET, SOCK_DGRAM, 0));
        CHECK(bind(capture, (struct sockaddr *)&local, sizeof local));
    }
    receive_buffer(capture);

    unsigned char *buffers = mmap(NULL, (size_t)RECEIVE * STRIDE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffers == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (int i = 0; i < RECEIVE; i++) {
        in_parts[i] = (struct iovec){buffers + (size_t)i * STRIDE, 65536};
        in[i].msg_hdr = (struct msghdr){.msg_iov = in_parts + i, .msg_iovlen = 1};
    }
    for (int i = 0; i < SEND; i++) {
        headers[i][0] = 0x45;
        headers[i][8] = 64;
        headers[i][9] = IPPROTO_UDP;
        out_parts[i][0] = (struct iovec){headers[i], HEADER};
        out[i].msg_hdr = (struct msghdr){.msg_namelen = sizeof *members, .msg_iov = out_parts[i], .msg_iovlen = raw ? 2 : 1};
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int received = recvmmsg(capture, in, RECEIVE, MSG_WAITFORONE, NULL);
        if (received < 0 && errno != EINTR) {
            perror("recvmmsg");
            return 1;
        }
        for (int i = 0; i < received; i++) {
            if (raw) {
                relay_raw(send_fd, in_parts[i].iov_base, in[i].msg_len);
            } else {
                relay_udp(send_fd, in_parts[i].iov_base, in[i].msg_len);
            }
        }
        flush(send_fd); /* the buffers are used again */
    }
}
