/* SPDX-License-Identifier: Apache-2.0
 * peer.c - see peer.h.
 */
#include "peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 1024, WARM_UP = 20 };

static const struct peer *peer;
static const char *peer_level, *peer_where;

void peer_die(const char *what)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
    exit(1);
}

static void need(bool ok, const char *what)
{
    char text[200];

    if (ok)
        return;
    snprintf(text, sizeof text, "%s: %s", what, strerror(errno));
    peer_die(text);
}

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int without_delay(int fd)
{
    int yes = 1;

    need(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0, "TCP_NODELAY");
    return fd;
}

int peer_listen(unsigned *ret_port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    need(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1024) == 0 &&
             getsockname(fd, (struct sockaddr *)&a, &size) == 0,
         "listening");
    *ret_port = ntohs(a.sin_port);
    return without_delay(fd);
}

int peer_connect(const char *where)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    a.sin_port = htons((uint16_t)strtoul(where, NULL, 10));
    need(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0, "connecting");
    return without_delay(fd);
}

static struct sockaddr_un local_address(const char *where)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };

    snprintf(a.sun_path + 1, sizeof a.sun_path - 1, "%s", where);
    return a;
}

int peer_listen_local(char ret_where[64])
{
    struct sockaddr_un a;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(ret_where, 64, "bench-raw-%d", (int)getpid());
    a = local_address(ret_where);
    need(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1024) == 0,
         "listening");
    return fd;
}

int peer_connect_local(const char *where)
{
    struct sockaddr_un a = local_address(where);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    need(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0, "connecting");
    return fd;
}

static void *wait_for_end(void *arg)
{
    char byte;

    (void)arg;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    _exit(0);
}

void peer_ready_at(const char *where)
{
    pthread_t t;

    need(pthread_create(&t, NULL, wait_for_end, NULL) == 0, "a thread");
    printf("ready %s\n", where);
    fflush(stdout);
}

void peer_ready(unsigned port)
{
    char where[16];

    snprintf(where, sizeof where, "%u", port);
    peer_ready_at(where);
}

/* A client's connection and its buffers; what is sent differs from call to call at both ends. */
struct caller {
    void *connection;
    unsigned char *sent, *got;
    unsigned char turn;
};

static void caller_begin(struct caller *c)
{
    c->connection = peer->open(peer_level, peer_where);
    c->sent = calloc(1, PEER_SIZE_MAX);
    c->got = calloc(1, PEER_SIZE_MAX);
    c->turn = 0;
    need(c->sent && c->got, "memory");
}

static void caller_end(struct caller *c)
{
    peer->close(c->connection);
    free(c->sent);
    free(c->got);
}

static void caller_call(struct caller *c, size_t size)
{
    if (size) {
        c->sent[0] = c->sent[size - 1] = ++c->turn;
        c->got[0] = c->got[size - 1] = (unsigned char)~c->turn;
    }
    peer->call(c->connection, c->sent, c->got, size);
    if (size && (c->got[0] != c->turn || c->got[size - 1] != c->turn))
        peer_die("the echo is not what was sent");
}

static void one(struct caller *c, size_t size, size_t calls)
{
    size_t i;

    for (i = 0; i < calls; i++) {
        int64_t start = now();

        caller_call(c, size);
        printf("%lld ", (long long)(now() - start));
    }
    printf("\n");
}

static pthread_barrier_t gate;
static atomic_bool over;
static struct caller callers[THREADS_MAX];
static size_t opened, many_size;

static void *call_until_over(void *arg)
{
    struct caller *c = arg;
    uintptr_t calls = 0;

    pthread_barrier_wait(&gate);
    for (; !atomic_load_explicit(&over, memory_order_relaxed); calls++)
        caller_call(c, many_size);
    return (void *)calls;
}

/* The connections stay open for the next time. */
static void many(size_t threads, size_t size, long milliseconds)
{
    struct timespec pause = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    static pthread_t thread[THREADS_MAX];
    unsigned long long calls = 0;
    int64_t start;
    size_t i;

    if (threads > THREADS_MAX)
        peer_die("too many threads");
    for (; opened < threads; opened++) {
        caller_begin(&callers[opened]);
        caller_call(&callers[opened], 0);
    }
    many_size = size;
    atomic_store(&over, false);
    need(pthread_barrier_init(&gate, NULL, (unsigned)threads + 1) == 0, "a barrier");
    for (i = 0; i < threads; i++)
        need(pthread_create(&thread[i], NULL, call_until_over, &callers[i]) == 0, "a thread");
    pthread_barrier_wait(&gate);
    start = now();
    nanosleep(&pause, NULL);
    atomic_store(&over, true);
    for (i = 0; i < threads; i++) {
        void *made;

        pthread_join(thread[i], &made);
        calls += (uintptr_t)made;
    }
    pthread_barrier_destroy(&gate);
    printf("%llu %lld\n", calls, (long long)(now() - start));
}

static void flow(struct caller *c, unsigned long long bytes)
{
    int64_t start = now();

    if (!peer->flow)
        peer_die("no streams");
    peer->flow(c->connection, bytes);
    printf("%lld\n", (long long)(now() - start));
}

static void **held;
static size_t held_count;

static void hold(size_t count)
{
    held = realloc(held, (held_count + count) * sizeof *held);
    need(held != NULL, "memory");
    for (count += held_count; held_count < count; held_count++) {
        held[held_count] = peer->open(peer_level, peer_where);
        peer->call(held[held_count], NULL, NULL, 0);
    }
    printf("held\n");
}

static void release(void)
{
    while (held_count)
        peer->close(held[--held_count]);
    free(held);
    held = NULL;
    printf("released\n");
}

static int client(void)
{
    struct caller c;
    char line[200];
    unsigned long long bytes;
    size_t a, b, i;
    long ms;

    caller_begin(&c);
    for (i = 0; i < WARM_UP; i++)
        caller_call(&c, 0);
    printf("ready\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "one %zu %zu", &a, &b) == 2 && a <= PEER_SIZE_MAX)
            one(&c, a, b);
        else if (sscanf(line, "many %zu %zu %ld", &a, &b, &ms) == 3 && b <= PEER_SIZE_MAX)
            many(a, b, ms);
        else if (sscanf(line, "flow %llu", &bytes) == 1)
            flow(&c, bytes);
        else if (sscanf(line, "hold %zu", &a) == 1)
            hold(a);
        else if (strcmp(line, "release\n") == 0)
            release();
        else
            peer_die("a command that is none");
        fflush(stdout);
    }
    caller_end(&c);
    return 0;
}

int peer_main(const struct peer *p, int argc, char **argv)
{
    struct rlimit files;

    peer = p;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (argc == 3 && strcmp(argv[1], "server") == 0)
        return p->serve(argv[2]);
    if (argc == 4 && strcmp(argv[1], "client") == 0) {
        peer_level = argv[2];
        peer_where = argv[3];
        return client();
    }
    fprintf(stderr, "usage: %s server LEVEL | client LEVEL WHERE\n", argv[0]);
    return 2;
}
