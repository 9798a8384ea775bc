/*
 * What left a device, in copies. A veth counts a segmentation-offloaded frame as one packet and all its bytes once, with one
 * header; hence copies = (bytes - 42 * frames) / payload bytes, whether the frames carry one datagram or many.
 */
#pragma once
#include "payload.h"
#include <fcntl.h>
#include <unistd.h>

enum { FRAME_HEADER = 14 + 20 + 8 };

struct device {
    int packets_fd, bytes_fd;
    uint64_t first_frames, first_bytes; /* when it was opened */
};

struct left {
    uint64_t frames, copies;
};

static inline uint64_t device_number(int fd) {
    char text[32] = "";
    CHECK(pread(fd, text, sizeof text - 1, 0));
    return strtoull(text, NULL, 10);
}

static inline int device_file(const char *statistics, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", statistics, name);
    return (int)CHECK(open(path, O_RDONLY | O_CLOEXEC));
}

/* STATISTICS is a directory such as /sys/class/net/out0/statistics. */
static inline void device_open(struct device *device, const char *statistics) {
    device->packets_fd = device_file(statistics, "tx_packets");
    device->bytes_fd = device_file(statistics, "tx_bytes");
    device->first_frames = device_number(device->packets_fd);
    device->first_bytes = device_number(device->bytes_fd);
}

/* Since it was opened. All datagrams have SIZE bytes of payload. */
static inline struct left device_left(const struct device *device, size_t size) {
    struct left left;
    left.frames = device_number(device->packets_fd) - device->first_frames;
    uint64_t bytes = device_number(device->bytes_fd) - device->first_bytes;
    left.copies = (bytes - left.frames * FRAME_HEADER) / size;
    return left;
}
