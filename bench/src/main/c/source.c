/*
 * The application that sends multicast, and the one who measures the relay.
 *
 *   source rate INTERFACE GROUP PORT SIZE RUN SECONDS DATAGRAMS_PER_SECOND
 *       on a fixed schedule, whatever becomes of it. Prints "sent COUNT WORST_LAG_NS".
 *   source window INTERFACE GROUP PORT SIZE RUN SECONDS MEMBERS OUTSTANDING COPIES_FILE PID
 *       keeps OUTSTANDING datagrams before the relay, so that its queue is never empty and never full: what it has sent
 *       is seen in COPIES_FILE, the packet counter of the device by which copies leave. Every 10 ms it prints
 *       "WALL_NS CPU_NS COPIES" of that time: CPU_NS of all threads of process PID. Then "lost COUNT": datagrams
 *       of which the copies never came.
 *
 * CPU time of another process is read from perf's task clock, exact at any moment; the process clock of clock_gettime
 * moves only with the scheduler's tick while the process runs.
 */
#define _GNU_SOURCE
#include "payload.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BURST = 64, MAX_SIZE = 65507, MAX_THREADS = 512 };

static int fd;
static uint64_t sequence;
static unsigned char buffers[BURST][MAX_SIZE];
static struct mmsghdr messages[BURST];
static struct iovec parts[BURST];

static void send_burst(unsigned count) {
    uint64_t now = now_ns();
    for (unsigned i = 0; i < count; i++) {
        struct payload *payload = (struct payload *)buffers[i];
        payload->sequence = sequence++;
        payload->sent_ns = now;
    }
    for (unsigned done = 0; done < count;) {
        done += (unsigned)CHECK(sendmmsg(fd, messages + done, count - done, 0));
    }
}

static void sleep_until(uint64_t ns) {
    struct timespec t = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int clocks[MAX_THREADS], clock_count;

/* A task clock on each thread that the process has now; threads made later by these are included. */
static void open_clocks(int pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL) {
        perror(path);
        exit(1);
    }
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL && clock_count < MAX_THREADS;) {
        int tid = atoi(entry->d_name);
        struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK,
            .size = sizeof attributes, .inherit = 1};
        int opened = tid == 0 ? -1 : (int)syscall(SYS_perf_event_open, &attributes, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
        if (opened >= 0) {
            clocks[clock_count++] = opened;
        } else if (tid != 0 && errno != ESRCH) {
            perror("perf_event_open");
            exit(1);
        }
    }
    closedir(tasks);
}

static uint64_t cpu_ns(void) {
    uint64_t total = 0, one;
    for (int i = 0; i < clock_count; i++) {
        if (read(clocks[i], &one, sizeof one) == sizeof one) {
            total += one;
        }
    }
    return total;
}

static int copies_fd;
static uint64_t copies(void) {
    char text[32] = "";
    CHECK(pread(copies_fd, text, sizeof text - 1, 0));
    return strtoull(text, NULL, 10);
}

static void at_rate(uint64_t until, double rate) {
    uint64_t start = now_ns(), worst = 0;
    for (;;) {
        uint64_t now = now_ns();
        uint64_t at = now < until ? now : until;
        uint64_t due = (uint64_t)((double)(at - start) * rate / 1e9);
        if (sequence < due) {
            uint64_t lag = now - start - (uint64_t)((double)sequence * 1e9 / rate);
            worst = lag > worst ? lag : worst;
            send_burst(due - sequence < BURST ? (unsigned)(due - sequence) : BURST);
        } else if (now >= until) {
            break;
        } else { /* at most 20,000 times a second: above that several at once */
            uint64_t next = start + (uint64_t)((double)(sequence + 1) * 1e9 / rate);
            sleep_until(next < now + 50000 ? now + 50000 : next);
        }
    }
    printf("sent %lu %lu\n", sequence, worst);
}

static void at_window(uint64_t until, uint64_t members, uint64_t outstanding) {
    uint64_t base = copies(), finished_before = 0, moved_at = now_ns(), lost = 0;
    uint64_t last_ns = now_ns(), last_cpu = cpu_ns(), last_copies = base;
    for (uint64_t now = last_ns; now < until; now = now_ns()) {
        uint64_t copied = copies();
        if (now - last_ns >= 10000000) {
            uint64_t cpu = cpu_ns();
            if (now_ns() - now < 100000) { /* else we were put aside between the two readings */
                printf("%lu %lu %lu\n", now - last_ns, cpu - last_cpu, copied - last_copies);
            }
            last_ns = now, last_cpu = cpu, last_copies = copied;
        }
        uint64_t finished = (copied - base) / members + lost;
        if (finished != finished_before) {
            finished_before = finished;
            moved_at = now;
        } else if (now - moved_at > 1000000000) { /* nothing moves: what is outstanding is lost */
            lost += sequence - finished;
            moved_at = now;
            continue;
        }
        uint64_t open = sequence > finished ? sequence - finished : 0;
        if (open < outstanding) {
            send_burst(outstanding - open < BURST / 2 ? (unsigned)(outstanding - open) : BURST / 2);
        } else {
            sleep_until(now + 30000);
        }
    }
    /* leave the queue empty for the next one */
    for (uint64_t end = now_ns() + 2000000000; now_ns() < end && (copies() - base) / members + lost < sequence;) {
        sleep_until(now_ns() + 1000000);
    }
    uint64_t finished = (copies() - base) / members + lost;
    printf("lost %lu of %lu\n", lost + (sequence > finished ? sequence - finished : 0), sequence);
}

int main(int argc, char **argv) {
    int windowed = argc == 12 && strcmp(argv[1], "window") == 0;
    if (!windowed && !(argc == 9 && strcmp(argv[1], "rate") == 0)) {
        fprintf(stderr, "usage: source rate INTERFACE GROUP PORT SIZE RUN SECONDS DATAGRAMS_PER_SECOND\n"
                        "       source window INTERFACE GROUP PORT SIZE RUN SECONDS MEMBERS OUTSTANDING COPIES_FILE PID\n");
        return 64;
    }
    struct sockaddr_in group = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[4]))};
    group.sin_addr.s_addr = inet_addr(argv[3]);
    size_t size = (size_t)atoi(argv[5]);
    if (size < sizeof(struct payload) || size > MAX_SIZE) {
        fprintf(stderr, "SIZE is %zu..%d\n", sizeof(struct payload), MAX_SIZE);
        return 64;
    }
    prctl(PR_SET_TIMERSLACK, 1);
    fd = (int)CHECK(socket(AF_INET, SOCK_DGRAM, 0));
    struct ip_mreqn interface = {.imr_ifindex = (int)if_nametoindex(argv[2])};
    CHECK(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface));
    CHECK(connect(fd, (struct sockaddr *)&group, sizeof group));
    for (int i = 0; i < BURST; i++) {
        ((struct payload *)buffers[i])->run = (uint32_t)strtoul(argv[6], NULL, 10);
        parts[i] = (struct iovec){buffers[i], size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = parts + i, .msg_iovlen = 1};
    }
    uint64_t duration = (uint64_t)(atof(argv[7]) * 1e9);
    if (windowed) {
        copies_fd = (int)CHECK(open(argv[10], O_RDONLY | O_CLOEXEC));
        open_clocks(atoi(argv[11]));
        at_window(now_ns() + duration, strtoull(argv[8], NULL, 10), strtoull(argv[9], NULL, 10));
    } else {
        at_rate(now_ns() + duration, atof(argv[8]));
    }
    return 0;
}
