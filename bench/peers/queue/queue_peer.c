/* SPDX-License-Identifier: Apache-2.0
 * queue_peer.c - the loop that every contestant of bench-queue is in.
 */
#include "queue_peer.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM_UP = 4096 }; /* logs that are written over and over have grown by then */

uint8_t queue_peer_body[QUEUE_PEER_BODY];

static const struct queue_peer *peer;
static const char *name = "peer";

void queue_peer_die(const char *what)
{
    fprintf(stderr, "bench queue: %s: %s\n", name, what);
    exit(1);
}

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void timed(void (*run)(int count, int window), int count, int window)
{
    int64_t from = now();

    run(count, window);
    printf("%lld\n", (long long)(now() - from));
}

/* ---- latency ---- */

static int64_t arrived; /* of the thread that receives */

void queue_peer_arrived(void)
{
    arrived = now();
}

struct arrivals {
    int count;
    int64_t *took;
    sem_t one;
};

static void *receive_all(void *arg)
{
    struct arrivals *a = arg;
    uint8_t body[QUEUE_PEER_BODY];
    int64_t sent;
    int i;

    for (i = 0; i < a->count; i++) {
        peer->receive_one(body);
        memcpy(&sent, body, sizeof sent);
        a->took[i] = arrived - sent;
        sem_post(&a->one);
    }
    return NULL;
}

static void sleep_until(int64_t when)
{
    struct timespec t = { .tv_sec = when / 1000000000, .tv_nsec = when % 1000000000 };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
        continue;
}

static void latency(int count, int microseconds)
{
    struct arrivals a = { .count = count, .took = calloc((size_t)count, sizeof *a.took) };
    int64_t sent;
    uint8_t body[QUEUE_PEER_BODY];
    pthread_t receiver;
    int i;

    if (!a.took || sem_init(&a.one, 0, 0) != 0 ||
        pthread_create(&receiver, NULL, receive_all, &a) != 0)
        queue_peer_die("no memory, or no thread");
    memcpy(body, queue_peer_body, sizeof body);
    for (i = 0; i < count; i++) {
        sleep_until(now() + (int64_t)microseconds * 1000);
        sent = now();
        memcpy(body, &sent, sizeof sent);
        peer->send_one(body);
        while (sem_wait(&a.one) != 0)
            continue;
    }
    pthread_join(receiver, NULL);
    for (i = 0; i < count; i++)
        printf("%lld%c", (long long)a.took[i], i + 1 < count ? ' ' : '\n');
    sem_destroy(&a.one);
    free(a.took);
}

/* ---- the loop ---- */

static void make_body(void)
{
    uint32_t x = 2463534242U;
    size_t i;

    for (i = 0; i < sizeof queue_peer_body; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        queue_peer_body[i] = (uint8_t)x;
    }
}

int queue_peer_main(const struct queue_peer *p, int argc, char **argv)
{
    char line[80];
    int a, b;

    if (argc != 2) {
        fprintf(stderr, "usage: %s KIND\n", argv[0]);
        return 2;
    }
    peer = p;
    name = argv[1];
    make_body();
    p->open(name);
    p->send(WARM_UP, QUEUE_PEER_WINDOW);
    p->receive(WARM_UP, QUEUE_PEER_WINDOW);
    printf("ready\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "send %d %d", &a, &b) == 2)
            timed(p->send, a, b);
        else if (sscanf(line, "receive %d %d", &a, &b) == 2)
            timed(p->receive, a, b);
        else if (sscanf(line, "latency %d %d", &a, &b) == 2 && p->send_one)
            latency(a, b);
        else
            queue_peer_die("a command that is none");
        fflush(stdout);
    }
    p->close();
    return 0;
}
