/*
 * The application that sends multicast, and the one who measures the relay.
 *
 *   source rate INTERFACE GROUP PORT SIZE RUN SECONDS DATAGRAMS_PER_SECOND
 *       on a fixed schedule, whatever becomes of it. Prints "sent COUNT WORST_LAG_NS".
 *   source check INTERFACE GROUP PORT SIZE RUN DATAGRAMS
 *       in bursts of many lengths, with contents that a receiver can check (payload.h). Prints "sent COUNT 0".
 *   source window INTERFACE GROUP PORT SIZE RUN SECONDS MEMBERS OUTSTANDING STATISTICS PID
 *       keeps OUTSTANDING datagrams before the relay, so that its queue is never empty and never full: what it has sent
 *       is seen in STATISTICS, the directory with the counters of the device by which copies leave. Every 10 ms it prints
 *       "WALL_NS CPU_NS COPIES FRAMES SENDING_NS" of that time: CPU_NS of all threads of process PID, SENDING_NS of its own calls
 *       that send, in which some relays do their work. Then "lost COUNT of COUNT": datagrams of which the copies never came.
 *   source drain ...
 *       as window, but in turns with a relay on the same processor, which cannot run meanwhile: sends OUTSTANDING datagrams, then
 *       sleeps until all have left. However fast the relay is, its queue is as full as another's.
 *
 * SIZE may be SIZExTOGETHER: the application's own bursts, so many datagrams a call by UDP_SEGMENT.
 *
 * CPU time of another process is read from perf's task clock, exact at any moment; the process clock of clock_gettime
 * moves only with the scheduler's tick while the process runs.
 */
#define _GNU_SOURCE
#include "device.h"
#include "sender.h"
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

enum { MAX_THREADS = 512 };

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

static void at_rate(uint64_t until, double rate) {
    uint64_t start = now_ns(), worst = 0;
    for (;;) {
        uint64_t now = now_ns();
        uint64_t at = now < until ? now : until;
        uint64_t due = (uint64_t)((double)(at - start) * rate / 1e9);
        if (sequence < due) {
            uint64_t lag = now - start - (uint64_t)((double)sequence * 1e9 / rate);
            worst = lag > worst ? lag : worst;
            send_burst(due - sequence < BURST ? (unsigned)(due - sequence) : BURST, CLOCK_MONOTONIC);
        } else if (now >= until) {
            break;
        } else { /* at most 20,000 times a second: above that several at once */
            uint64_t next = start + (uint64_t)((double)(sequence + 1) * 1e9 / rate);
            sleep_until(next < now + 50000 ? now + 50000 : next);
        }
    }
    printf("sent %lu %lu\n", sequence, worst);
}

static void to_check(uint64_t datagrams, size_t size) {
    for (unsigned burst = 1; sequence < datagrams; burst = burst * 5 % 67) { /* 1..66, each once in 66 */
        unsigned count = burst < BURST ? burst : BURST;
        for (unsigned i = 0; i < count; i++) {
            uint64_t number = sequence + i;
            parts[i].iov_len = checked_size(number, size);
            for (size_t at = sizeof(struct payload); at < size; at++) {
                buffers[i][at] = checked_byte(number, at);
            }
        }
        send_burst(count, CLOCK_MONOTONIC);
        sleep_until(now_ns() + 2000000);
    }
    printf("sent %lu 0\n", sequence);
}

static void at_window(uint64_t until, const struct device *out, size_t size, uint64_t members, uint64_t outstanding, int in_turns) {
    uint64_t finished_before = 0, moved_at = now_ns(), lost = 0;
    uint64_t last_ns = now_ns(), last_cpu = cpu_ns(), sending = 0;
    struct left last = {0};
    int filling = 1;
    uint64_t pause = 30000; /* while the relay works off a quarter of what is before it, as fast as it was in the last window */
    for (uint64_t now = last_ns; now < until; now = now_ns()) {
        struct left left = device_left(out, size);
        if (left.copies < last.copies) { /* frames and bytes are not read at one moment, and nothing has left since */
            left = last;
        }
        if (now - last_ns >= 10000000) {
            uint64_t cpu = cpu_ns();
            if (now_ns() - now < 100000) { /* else we were put aside between the two readings */
                printf("%lu %lu %lu %lu %lu\n", now - last_ns, cpu - last_cpu, left.copies - last.copies, left.frames - last.frames, sending);
            }
            sending = 0;
            if (left.copies > last.copies) {
                uint64_t datagram_ns = (now - last_ns) * members / (left.copies - last.copies);
                pause = datagram_ns * outstanding / 4;
                pause = pause < 30000 ? 30000 : pause > 1000000 ? 1000000 : pause;
            }
            last_ns = now, last_cpu = cpu, last = left;
        }
        uint64_t finished = left.copies / members + lost;
        if (finished != finished_before) {
            finished_before = finished;
            moved_at = now;
        } else if (now - moved_at > 1000000000) { /* nothing moves: what is outstanding is lost */
            lost += sequence - finished;
            moved_at = now;
            continue;
        }
        uint64_t open = sequence > finished ? sequence - finished : 0;
        if (in_turns && (open == 0 || open == outstanding)) {
            filling = open == 0;
        }
        if (open < outstanding && filling) {
            uint64_t before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
            send_burst(outstanding - open < BURST / 2 ? (unsigned)(outstanding - open) : BURST / 2, CLOCK_MONOTONIC);
            sending += clock_ns(CLOCK_THREAD_CPUTIME_ID) - before;
        } else {
            sleep_until(now + pause);
        }
    }
    /* leave the queue empty for the next one */
    for (uint64_t end = now_ns() + 2000000000; now_ns() < end && device_left(out, size).copies / members + lost < sequence;) {
        sleep_until(now_ns() + 1000000);
    }
    uint64_t finished = device_left(out, size).copies / members + lost;
    printf("lost %lu of %lu\n", lost + (sequence > finished ? sequence - finished : 0), sequence);
}

int main(int argc, char **argv) {
    int in_turns = argc == 12 && strcmp(argv[1], "drain") == 0, windowed = in_turns || (argc == 12 && strcmp(argv[1], "window") == 0), checked = argc == 8 && strcmp(argv[1], "check") == 0;
    if (!windowed && !checked && !(argc == 9 && strcmp(argv[1], "rate") == 0)) {
        fprintf(stderr, "usage: source rate INTERFACE GROUP PORT SIZE RUN SECONDS DATAGRAMS_PER_SECOND\n"
                        "       source check INTERFACE GROUP PORT SIZE RUN DATAGRAMS\n"
                        "       source window|drain INTERFACE GROUP PORT SIZE RUN SECONDS MEMBERS OUTSTANDING STATISTICS PID\n");
        return 64;
    }
    size_t size = sender_open(argv + 2);
    if (checked) {
        to_check(strtoull(argv[7], NULL, 10), size);
        return 0;
    }
    uint64_t duration = (uint64_t)(atof(argv[7]) * 1e9);
    if (windowed) {
        struct device out;
        device_open(&out, argv[10]);
        open_clocks(atoi(argv[11]));
        if (in_turns) {
            struct sched_param before_the_relay = {.sched_priority = 30};
            CHECK(sched_setscheduler(0, SCHED_FIFO, &before_the_relay));
        }
        at_window(now_ns() + duration, &out, size, strtoull(argv[8], NULL, 10), strtoull(argv[9], NULL, 10), in_turns);
    } else {
        at_rate(now_ns() + duration, atof(argv[8]));
    }
    return 0;
}
