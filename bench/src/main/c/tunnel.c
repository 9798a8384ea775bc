/*
 * The C twin of the tunnel engine: one tunnel, GRE without options, in the plainest good C and in the same order of steps.
 *
 *   tunnel NAME LOCAL REMOTE
 *
 * Makes the TUN device NAME (MTU 1500, up); what is sent there goes in GRE from LOCAL to REMOTE, what comes from there arrives on it.
 * Reads one packet a call and sends 64, receives 64 and writes one a call, as there are no other calls for a TUN device. Prints
 * "ready" when it serves; runs until killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, HEAD = 64, OUTER = 24, STRIDE = HEAD + 65536 + 64, MTU = 1476 };

static uint32_t local, remote;
static unsigned char *out_buffers, *in_buffers;
static struct mmsghdr out[BATCH], in[BATCH];
static struct iovec out_parts[BATCH], in_parts[BATCH];
static struct sockaddr_in destination;
static uint16_t identification;
static uint64_t packets_in, bytes_in, multicasts_in, packets_out, bytes_out, multicasts_out, dropped, failed;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int tun_open(const char *name) {
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
        fail(name);
    }
    int control = socket(AF_INET, SOCK_DGRAM, 0);
    request.ifr_qlen = 4096;
    if (ioctl(control, SIOCSIFTXQLEN, &request) < 0 || ioctl(control, SIOCGIFFLAGS, &request) < 0) {
        fail(name);
    }
    request.ifr_flags |= IFF_UP;
    if (ioctl(control, SIOCSIFFLAGS, &request) < 0) {
        fail(name);
    }
    close(control);
    return fd;
}

static inline uint16_t get16(const unsigned char *at) {
    uint16_t value;
    memcpy(&value, at, 2);
    return ntohs(value);
}

static inline uint32_t get32(const unsigned char *at) { /* as it stands */
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

static inline void put16(unsigned char *at, uint16_t value) {
    value = htons(value);
    memcpy(at, &value, 2);
}

static inline size_t ip_length(const unsigned char *packet, size_t available) { /* 0 for none */
    if (available < 20 || packet[0] >> 4 != 4) {
        return 0;
    }
    size_t header = (packet[0] & 15u) * 4, total = get16(packet + 2);
    return header < 20 || total < header || total > available ? 0 : total;
}

static void encapsulate(int tun, int whole) {
    int filled = 0;
    size_t lengths[BATCH];
    int multicast[BATCH];
    for (int i = 0; i < BATCH; i++) {
        unsigned char *packet = out_buffers + (size_t)filled * STRIDE + HEAD;
        ssize_t n = read(tun, packet, 65535);
        if (n <= 0) {
            break;
        }
        size_t length = ip_length(packet, (size_t)n);
        if (length == 0 || length > MTU || (get32(packet + 12) == local && get32(packet + 16) == remote)) {
            dropped++;
            continue;
        }
        unsigned char *header = packet - OUTER;
        header[0] = 0x45;
        header[1] = packet[1];
        put16(header + 2, (uint16_t)(length + OUTER));
        identification = identification == 0xFFFF ? 1 : identification + 1;
        put16(header + 4, identification);
        put16(header + 6, 0);
        header[8] = 255;
        header[9] = IPPROTO_GRE;
        put16(header + 10, 0);
        memcpy(header + 12, &local, 4);
        memcpy(header + 16, &remote, 4);
        put16(header + 20, 0);
        put16(header + 22, 0x0800);
        out_parts[filled].iov_base = header;
        out_parts[filled].iov_len = length + OUTER;
        lengths[filled] = length;
        multicast[filled] = packet[16] >> 4 == 0xE;
        filled++;
    }
    for (int done = 0; done < filled;) {
        int sent = sendmmsg(whole, out + done, (unsigned)(filled - done), MSG_DONTWAIT);
        if (sent < 0) {
            failed++;
            done++;
            continue;
        }
        for (int end = done + sent; done < end; done++) {
            packets_out++;
            bytes_out += lengths[done];
            multicasts_out += (uint64_t)multicast[done];
        }
    }
}

static void decapsulate(int gre, int tun) {
    int received = recvmmsg(gre, in, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++) {
        unsigned char *packet = in_buffers + (size_t)i * STRIDE;
        size_t length = ip_length(packet, in[i].msg_len);
        size_t outer = (packet[0] & 15u) * 4;
        unsigned char *inner = packet + outer + 4;
        if (length < outer + 4 || get32(packet + 12) != remote || get32(packet + 16) != local
                || get16(packet + outer) != 0 || get16(packet + outer + 2) != 0x0800) {
            dropped++;
            continue;
        }
        size_t inner_length = ip_length(inner, length - outer - 4);
        if (inner_length == 0 || inner[9] == IPPROTO_GRE || (packet[1] & 3) != 0
                || write(tun, inner, inner_length) < 0) {
            dropped++;
            continue;
        }
        packets_in++;
        bytes_in += inner_length;
        multicasts_in += inner[16] >> 4 == 0xE;
    }
}

int main(int count, char **words) {
    if (count != 4 || inet_pton(AF_INET, words[2], &local) != 1 || inet_pton(AF_INET, words[3], &remote) != 1) {
        fprintf(stderr, "usage: tunnel NAME LOCAL REMOTE\n");
        return 64;
    }
    out_buffers = aligned_alloc(64, (size_t)BATCH * STRIDE);
    in_buffers = aligned_alloc(64, (size_t)BATCH * STRIDE);
    destination.sin_family = AF_INET;
    destination.sin_addr.s_addr = remote;
    for (int i = 0; i < BATCH; i++) {
        out[i].msg_hdr = (struct msghdr){.msg_name = &destination, .msg_namelen = sizeof destination,
                .msg_iov = out_parts + i, .msg_iovlen = 1};
        in_parts[i] = (struct iovec){in_buffers + (size_t)i * STRIDE, 65536};
        in[i].msg_hdr = (struct msghdr){.msg_iov = in_parts + i, .msg_iovlen = 1};
    }
    int tun = tun_open(words[1]);
    int gre = socket(AF_INET, SOCK_RAW, IPPROTO_GRE), whole = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    int bytes = 8 << 20;
    setsockopt(gre, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
    setsockopt(whole, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
    /* two instances share a host: each gets its own packets only */
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = local};
    if (bind(gre, (struct sockaddr *)&own, sizeof own) < 0
            || connect(gre, (struct sockaddr *)&destination, sizeof destination) < 0) {
        fail("raw socket");
    }
    struct pollfd places[] = {{.fd = gre, .events = POLLIN}, {.fd = tun, .events = POLLIN}};
    puts("ready");
    fflush(stdout);
    while (poll(places, 2, -1) >= 0 || errno == EINTR) {
        if (places[0].revents) {
            decapsulate(gre, tun);
        }
        if (places[1].revents) {
            encapsulate(tun, whole);
        }
    }
    return 1;
}
