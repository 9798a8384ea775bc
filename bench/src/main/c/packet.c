/*
 * The C twins of `packet`: groups in, unicast copies out, both on one packet socket, with frames built here.
 *
 *   packet K IN OUT GROUP:PORT:FIRST_MEMBER:MEMBERS:MEMBER_PORT...
 *
 * K = 1: every datagram leaves as a frame of its own to each member. K > 1: datagrams of one flow and one size that one
 * recvmmsg(64) brought in a row leave together, at most K of them, as one frame a member that the kernel segments at the
 * last moment (UDP GSO), without ever waiting for more. Either way the source is kept, the kernel completes the UDP checksum
 * (NEEDS_CSUM), and sendmmsg takes batches of 256.
 *
 * Captured is what leaves or enters IN to a GROUP and its PORT, filtered in the kernel. The members of a group are MEMBERS consecutive
 * addresses behind OUT; the MAC addresses are the neighbour table's when it starts. One socket for both directions, because
 * the kernel does not show a packet socket what it sent itself. Prints "ready" when it serves; runs until killed.
 */
#define _GNU_SOURCE
#include "checksum.h"
#include "payload.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RECEIVE = 64, SEND = 256, MOST_GROUPS = 32, MOST_SEGMENTS = 64, MOST_RUN_BYTES = 65000,
    STRIDE = 65536 + 192, /* not a power of 2: cache sets */
    VIRTIO = 10, IP = VIRTIO + 14, UDP = IP + 20, HEADER = UDP + 8,
    FROM_ETHERNET = -VIRTIO, /* virtio's offsets do not count its own header */
    GSO_UDP_L4 = 5
};

struct member {
    unsigned char mac[6];
    uint16_t port;
    uint32_t address;
    uint64_t datagrams, frames; /* counters as the plane has them */
};

struct group {
    uint32_t address;
    uint16_t port;
    int count;
    struct member *members;
};

struct datagram {
    const struct group *group;
    const unsigned char *ip, *payload;
    size_t size;
    int checksummed;
};

static struct group groups[MOST_GROUPS];
static int group_count, longest_run, fd;
static size_t mtu;
static unsigned char own_mac[6];
static struct sockaddr_ll out_address = {.sll_family = AF_PACKET, .sll_halen = 6};
static uint64_t failed, refused;
static uint16_t identification;

static struct mmsghdr in[RECEIVE], out[SEND];
static struct iovec in_parts[RECEIVE], out_parts[SEND][2];
static unsigned char headers[SEND][64];
static struct member *batch_member[SEND];
static int batch_datagrams[SEND];
static int filled;

static struct datagram run[MOST_SEGMENTS];
static int run_length;
static unsigned char *joined; /* payloads of the runs of this batch, each run's in one piece */
static size_t joined_bytes;

static void flush(void) {
    for (int done = 0; done < filled;) {
        int sent = sendmmsg(fd, out + done, (unsigned)(filled - done), MSG_DONTWAIT);
        if (sent < 0) { /* the first message is the one that failed: charge it and go on */
            failed++;
            done++;
            continue;
        }
        for (int i = done; i < done + sent; i++) {
            batch_member[i]->datagrams += (uint64_t)batch_datagrams[i];
            batch_member[i]->frames++;
        }
        done += sent;
    }
    filled = 0;
}

/* Ethernet, IPv4 and UDP are checked here; the filter has seen to the protocol, to fragments, and to group and port. */
static int parse(struct datagram *datagram, const unsigned char *packet, size_t length) {
    struct virtio_net_hdr virtio;
    memcpy(&virtio, packet, VIRTIO);
    const unsigned char *ip = packet + IP;
    if (length < IP + 28 || virtio.gso_type != VIRTIO_NET_HDR_GSO_NONE || (ip[0] & 15) != 5) {
        return 0; /* an application's own segmentation and IP options are not for the plainest relay */
    }
    const unsigned char *udp = ip + 20;
    uint16_t udp_length_network = get16(udp + 4), checksum = get16(udp + 6);
    size_t udp_length = ntohs(udp_length_network);
    if (udp_length < 8 || udp_length > length - (IP + 20) || udp_length + 20 > mtu) {
        return 0;
    }
    if (checksum != 0 && (virtio.flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID)) == 0
        && fold(sum(ip + 12, 8) + htons(IPPROTO_UDP) + udp_length_network + sum(udp, udp_length)) != 0xFFFF) {
        return 0;
    }
    *datagram = (struct datagram){.ip = ip, .payload = udp + 8, .size = udp_length - 8, .checksummed = checksum != 0};
    for (int i = 0; i < group_count; i++) {
        if (groups[i].address == get32(ip + 16) && groups[i].port == get16(udp + 2)) {
            datagram->group = groups + i;
            return 1;
        }
    }
    return 0;
}

/* Whether the datagram may follow those of the run in one frame. */
static int continues(const struct datagram *next) {
    const struct datagram *first = run;
    return run_length < longest_run && next->size == first->size && next->group == first->group
        && (size_t)(run_length + 1) * next->size <= MOST_RUN_BYTES && next->checksummed && first->checksummed
        && get32(next->ip + 12) == get32(first->ip + 12)               /* source */
        && get16(next->ip + 20) == get16(first->ip + 20)               /* source port */
        && next->ip[1] == first->ip[1] && next->ip[8] == first->ip[8]; /* DSCP, TTL */
}

/* Queues a frame with the whole run for each member. */
static void send_run(void) {
    if (run_length == 0) {
        return;
    }
    const struct datagram *first = run;
    const unsigned char *payload = first->payload;
    size_t bytes = first->size * (size_t)run_length;
    if (run_length > 1) {
        unsigned char *at = joined + joined_bytes;
        payload = at;
        for (int i = 0; i < run_length; i++, at += first->size) {
            memcpy(at, run[i].payload, first->size);
        }
        joined_bytes += bytes;
    }

    unsigned char common[HEADER] = {0};
    struct virtio_net_hdr virtio = {0};
    if (first->checksummed) {
        virtio.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
        virtio.csum_start = UDP + FROM_ETHERNET;
        virtio.csum_offset = 6;
    }
    if (run_length > 1) {
        virtio.gso_type = GSO_UDP_L4;
        virtio.gso_size = (uint16_t)first->size;
        virtio.hdr_len = HEADER + FROM_ETHERNET;
    }
    memcpy(common, &virtio, VIRTIO);
    memcpy(common + VIRTIO + 6, own_mac, 6);
    put16(common + VIRTIO + 12, htons(ETH_P_IP));
    common[IP] = 0x45;
    common[IP + 1] = first->ip[1];
    put16(common + IP + 2, htons((uint16_t)(28 + bytes)));
    put16(common + IP + 4, htons(identification));
    identification = (uint16_t)(identification + run_length); /* one a segment: the kernel counts on */
    common[IP + 8] = 64;
    common[IP + 9] = IPPROTO_UDP;
    memcpy(common + IP + 12, first->ip + 12, 4);
    memcpy(common + UDP, first->ip + 20, 2);
    put16(common + UDP + 4, htons((uint16_t)(8 + bytes)));
    uint64_t ip_sum = sum(common + IP, 20);
    uint64_t pseudo_sum = sum(common + IP + 12, 4) + htons(IPPROTO_UDP) + htons((uint16_t)(8 + bytes));

    struct member *end = first->group->members + first->group->count;
    for (struct member *member = first->group->members; member < end; member++) {
        unsigned char *header = headers[filled];
        memcpy(header, common, HEADER);
        memcpy(header + VIRTIO, member->mac, 6);
        put16(header + IP + 10, (uint16_t)~fold(ip_sum + member->address));
        put32(header + IP + 16, member->address);
        put16(header + UDP + 2, member->port);
        if (first->checksummed) { /* the sum of the pseudo-header, not inverted: the kernel or the card adds the rest */
            put16(header + UDP + 6, fold(pseudo_sum + member->address));
        }
        out_parts[filled][1] = (struct iovec){(void *)payload, bytes};
        batch_member[filled] = member;
        batch_datagrams[filled] = run_length;
        if (++filled == SEND) {
            flush();
        }
    }
    run_length = 0;
}

static void add_group(char *argument, const char *out_name) {
    char *part[5];
    for (int i = 0; i < 5; i++) {
        part[i] = strsep(&argument, ":");
        if (part[i] == NULL || group_count == MOST_GROUPS) {
            fprintf(stderr, "GROUP:PORT:FIRST_MEMBER:MEMBERS:MEMBER_PORT, at most %d of them\n", MOST_GROUPS);
            exit(64);
        }
    }
    struct group *group = groups + group_count++;
    group->address = inet_addr(part[0]);
    group->port = htons((uint16_t)atoi(part[1]));
    group->count = atoi(part[3]);
    group->members = calloc((size_t)group->count, sizeof *group->members);
    int inet = (int)CHECK(socket(AF_INET, SOCK_DGRAM, 0));
    for (int i = 0; i < group->count; i++) {
        struct member *member = group->members + i;
        member->address = htonl(ntohl(inet_addr(part[2])) + (uint32_t)i);
        member->port = htons((uint16_t)atoi(part[4]));
        struct arpreq neighbour = {0};
        struct sockaddr_in *address = (struct sockaddr_in *)&neighbour.arp_pa;
        address->sin_family = AF_INET;
        address->sin_addr.s_addr = member->address;
        snprintf(neighbour.arp_dev, sizeof neighbour.arp_dev, "%s", out_name);
        CHECK(ioctl(inet, SIOCGARP, &neighbour));
        memcpy(member->mac, neighbour.arp_ha.sa_data, 6);
    }
    close(inet);
}

static void attach_filter(void) {
    struct sock_filter code[16 + 5 * MOST_GROUPS] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x3FFF, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0), /* a fragment */
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14)};
    unsigned length = 10;
    for (int i = 0; i < group_count; i++) {
        struct sock_filter one[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 30), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(groups[i].address), 0, 3),
            BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohs(groups[i].port), 0, 1),
            BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF)};
        memcpy(code + length, one, sizeof one);
        length += sizeof one / sizeof *one;
    }
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog filter = {(unsigned short)length, code};
    CHECK(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

static void buffer(int force, int plain) {
    int bytes = 64 << 20;
    if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof bytes) < 0) {
        bytes = 4 << 20;
        CHECK(setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof bytes));
    }
}

static unsigned char *memory(size_t bytes) {
    unsigned char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return at;
}

int main(int argc, char **argv) {
    longest_run = argc < 5 ? 0 : atoi(argv[1]);
    if (longest_run < 1 || longest_run > MOST_SEGMENTS) {
        fprintf(stderr, "usage: packet K IN OUT GROUP:PORT:FIRST_MEMBER:MEMBERS:MEMBER_PORT...   (K is 1..%d)\n", MOST_SEGMENTS);
        return 64;
    }
    for (int i = 4; i < argc; i++) {
        add_group(argv[i], argv[3]);
    }
    fd = (int)CHECK(socket(AF_PACKET, SOCK_RAW, 0)); /* protocol 0: nothing comes before the filter is there */
    attach_filter();
    int on = 1;
    CHECK(setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on));
    buffer(SO_RCVBUFFORCE, SO_RCVBUF);
    buffer(SO_SNDBUFFORCE, SO_SNDBUF);
    struct ifreq device = {0};
    snprintf(device.ifr_name, sizeof device.ifr_name, "%s", argv[3]);
    CHECK(ioctl(fd, SIOCGIFHWADDR, &device));
    memcpy(own_mac, device.ifr_hwaddr.sa_data, 6);
    CHECK(ioctl(fd, SIOCGIFMTU, &device));
    mtu = (size_t)device.ifr_mtu;
    out_address.sll_protocol = htons(ETH_P_IP);
    out_address.sll_ifindex = (int)if_nametoindex(argv[3]);
    /* outgoing packets are shown to those only who ask for all protocols */
    struct sockaddr_ll captured = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(argv[2])};
    CHECK(bind(fd, (struct sockaddr *)&captured, sizeof captured));

    unsigned char *buffers = memory((size_t)RECEIVE * STRIDE);
    joined = memory((size_t)RECEIVE * 65536);
    for (int i = 0; i < RECEIVE; i++) {
        in_parts[i] = (struct iovec){buffers + (size_t)i * STRIDE, 65536};
        in[i].msg_hdr = (struct msghdr){.msg_iov = in_parts + i, .msg_iovlen = 1};
    }
    for (int i = 0; i < SEND; i++) {
        out_parts[i][0] = (struct iovec){headers[i], HEADER};
        out[i].msg_hdr = (struct msghdr){.msg_name = &out_address, .msg_namelen = sizeof out_address,
            .msg_iov = out_parts[i], .msg_iovlen = 2};
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int received = recvmmsg(fd, in, RECEIVE, MSG_WAITFORONE, NULL);
        if (received < 0 && errno != EINTR) {
            perror("recvmmsg");
            return 1;
        }
        for (int i = 0; i < received; i++) {
            struct datagram datagram;
            if (!parse(&datagram, in_parts[i].iov_base, in[i].msg_len)) {
                refused++;
                continue;
            }
            if (run_length > 0 && !continues(&datagram)) {
                send_run();
            }
            run[run_length++] = datagram;
        }
        send_run();
        flush(); /* the buffers are used again */
        joined_bytes = 0;
    }
}
