/* SPDX-License-Identifier: Apache-2.0
 * ping_loop.c - the same small call again and again, and what it takes.
 */
#include "ping.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <countersign/countersign.h>

#include "base/alloc.h"

#include "out.h"

/* A run without an end keeps this many of its latest samples: percentiles of the last while. */
enum { SAMPLES_MOST = 1 << 20 };

struct samples {
    int64_t *us;
    size_t count, room, next;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

static bool keep(struct samples *s, int64_t us)
{
    size_t room = s->room ? 2 * s->room : 1024;
    int64_t *more = NULL;

    if (s->count == s->room && s->room < SAMPLES_MOST) {
        more = mem_array(room, sizeof *more);
        if (!more)
            return false;
        if (s->count)
            memcpy(more, s->us, s->count * sizeof *more);
        mem_free(s->us);
        s->us = more;
        s->room = room;
    }
    if (s->count < s->room)
        s->next = s->count++;
    else
        s->next = (s->next + 1) % s->room;
    s->us[s->next] = us;
    return true;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void sum_up(struct samples *s, struct ping_latency *ret)
{
    if (s->count == 0)
        return;
    qsort(s->us, s->count, sizeof *s->us, by_size);
    ret->min = s->us[0];
    ret->median = s->us[s->count / 2];
    ret->p99 = s->us[(s->count * 99 + 99) / 100 - 1];
    ret->max = s->us[s->count - 1];
}

static void pause_for(unsigned milliseconds)
{
    struct timespec t = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

    if (milliseconds && !interrupted)
        nanosleep(&t, NULL);
}

static RPC_STATUS once(struct ping *p, const struct ping_loop *how, struct ping_latency *l,
                       int64_t *ret_us)
{
    int64_t began = ping_now();
    RPC_STATUS status = RpcMgmtIsServerListening(p->server);

    *ret_us = ping_now() - began;
    l->calls++;
    if (status == RPC_S_NOT_LISTENING)
        status = RPC_S_OK;
    if (status != RPC_S_OK) {
        l->failed++;
        if (CsGetErrorText(l->why, sizeof l->why) == 0)
            snprintf(l->why, sizeof l->why, "status %u", (unsigned)status);
        l->why[strcspn(l->why, "\n")] = '\0';
    }
    if (how->aloud && status == RPC_S_OK)
        printf("call %lu  %.3f ms\n", l->calls, (double)*ret_us / 1000);
    else if (how->aloud)
        printf("call %lu  %s\n", l->calls, l->why);
    if (how->aloud)
        fflush(stdout);
    return status;
}

bool ping_loop(struct ping *p, const struct ping_loop *how, struct ping_latency *ret)
{
    struct sigaction action = { .sa_handler = on_interrupt }, before;
    struct samples samples = { 0 };
    bool good = true;
    int64_t us;

    *ret = (struct ping_latency){ 0 };
    sigaction(SIGINT, &action, &before);
    while (good && !interrupted && (how->count == 0 || ret->calls < how->count)) {
        if (once(p, how, ret, &us) == RPC_S_OK)
            good = keep(&samples, us);
        if (how->count == 0 || ret->calls < how->count)
            pause_for(how->interval);
    }
    sigaction(SIGINT, &before, NULL);
    sum_up(&samples, ret);
    mem_free(samples.us);
    return good;
}
