/*
 * Sends IP packets in bursts, and says what processor time it took: the kernel forwards over veth in the sender's own time.
 *
 *   burst PACKETS BURST PAUSE_US PAYLOAD SOURCE DESTINATION [OUTER_SOURCE OUTER_DESTINATION]
 *
 * UDP from SOURCE to DESTINATION, with the last two in GRE between these. Prints nanoseconds of this process a packet.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <netinet/in.h>

static void ip(unsigned char *at, size_t length, int protocol, const char *from, const char *to) {
    uint16_t total = htons((uint16_t)length), checksum = 0;
    memset(at, 0, 20);
    at[0] = 0x45;
    memcpy(at + 2, &total, 2);
    at[8] = 64;
    at[9] = (unsigned char)protocol;
    if (inet_pton(AF_INET, from, at + 12) != 1 || inet_pton(AF_INET, to, at + 16) != 1) {
        exit(64);
    }
    uint32_t sum = 0;
    for (int i = 0; i < 20; i += 2) {
        uint16_t word;
        memcpy(&word, at + i, 2);
        sum += word;
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    checksum = (uint16_t)~((sum & 0xFFFF) + (sum >> 16));
    memcpy(at + 10, &checksum, 2);
}

static uint64_t own_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int main(int count, char **words) {
    if (count != 7 && count != 9) {
        fprintf(stderr, "usage: see the source\n");
        return 64;
    }
    long packets = atol(words[1]), burst = atol(words[2]), pause = atol(words[3]), payload = atol(words[4]);
    int gre = count == 9;
    size_t inner = 28 + (size_t)payload, length = inner + (gre ? 24u : 0u);
    static unsigned char packet[2048];
    unsigned char *at = packet + (gre ? 24 : 0);
    if (length > sizeof packet || burst > 1024 || burst < 1) {
        return 64;
    }
    memset(at + 28, 0x55, (size_t)payload);
    ip(at, inner, IPPROTO_UDP, words[5], words[6]);
    uint16_t ports[4] = {htons(5000), htons(5001), htons((uint16_t)(8 + payload)), 0};
    memcpy(at + 20, ports, 8);
    if (gre) {
        ip(packet, length, IPPROTO_GRE, words[7], words[8]);
        packet[22] = 8;
    }
    struct sockaddr_in to = {.sin_family = AF_INET};
    memcpy(&to.sin_addr, packet + 16, 4);
    struct iovec part = {packet, length};
    struct mmsghdr messages[1024];
    for (int i = 0; i < burst; i++) {
        messages[i].msg_hdr = (struct msghdr){.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
    }
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    struct timespec rest = {0, pause * 1000};
    uint64_t spent = 0;
    long sent = 0;
    while (sent < packets) {
        uint64_t before = own_time();
        int n = sendmmsg(fd, messages, (unsigned)burst, 0);
        spent += own_time() - before;
        if (n < 0) {
            perror("sendmmsg");
            return 1;
        }
        sent += n;
        nanosleep(&rest, NULL);
    }
    printf("%ld %.1f\n", sent, (double)spent / (double)sent);
    return 0;
}
