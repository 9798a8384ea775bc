/*
 * Multicast routes of the kernel, as long as it runs.
 *
 *   mfc SOURCE [GROUP IN OUT]...
 *
 * Each route is of SOURCE and GROUP, from the interface IN to the interface OUT. Prints "ready" when they are there.
 */
#include <arpa/inet.h>
#include <linux/mroute.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned devices[MAXVIFS];
static int known;

static void check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static int vif(int fd, const char *name) {
    unsigned device = if_nametoindex(name);
    for (int i = 0; i < known; i++) {
        if (devices[i] == device) {
            return i;
        }
    }
    struct vifctl added = {.vifc_vifi = (vifi_t)known, .vifc_flags = VIFF_USE_IFINDEX, .vifc_threshold = 1,
            .vifc_lcl_ifindex = (int)device};
    check(setsockopt(fd, IPPROTO_IP, MRT_ADD_VIF, &added, sizeof added), name);
    devices[known] = device;
    return known++;
}

int main(int count, char **words) {
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_IGMP), on = 1;
    check(setsockopt(fd, IPPROTO_IP, MRT_INIT, &on, sizeof on), "MRT_INIT");
    for (int i = 2; i + 2 < count; i += 3) {
        struct mfcctl route = {.mfcc_parent = (vifi_t)vif(fd, words[i + 1])};
        route.mfcc_ttls[vif(fd, words[i + 2])] = 1;
        inet_pton(AF_INET, words[1], &route.mfcc_origin);
        inet_pton(AF_INET, words[i], &route.mfcc_mcastgrp);
        check(setsockopt(fd, IPPROTO_IP, MRT_ADD_MFC, &route, sizeof route), words[i]);
    }
    puts("ready");
    fflush(stdout);
    pause();
    return 0;
}
