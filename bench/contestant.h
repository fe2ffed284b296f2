/* SPDX-License-Identifier: Apache-2.0
 * contestant.h - a server's process and a client's, which bench-rpc drives through pipes
 * (peers/peer.h), so that each side's processor time and memory can be told apart.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum { CONTESTANT_CLIENTS = 16, CONTESTANT_SAMPLES = 1 << 19 };

struct contestant {
    const char *name, *program, *level;
    int at_once;     /* null calls side by side, and nothing else: what it takes is divided */
    bool flows;      /* moves a stream, too */
    size_t size_max; /* libtirpc's RPCSEC_GSS does not pass more than 256 KiB */
    pid_t server, client;
    FILE *to, *from;
    int *sample, samples; /* nanoseconds */
};

struct rate {
    double each, client, server; /* microseconds a call */
};

void contestant_die(const char *who, const char *what) __attribute__((noreturn));

void contestant_begin(struct contestant *c);
void contestant_end(struct contestant *c);

/* Adds the nanoseconds of so many calls to the samples; gives back their sum in seconds. */
double contestant_calls(struct contestant *c, size_t size, int calls);
/* The same, and their median in microseconds; ratios are taken round by round, so that a busy
 * minute of the machine counts for both or for none. */
double contestant_round(struct contestant *c, size_t size, int calls);
/* CONTESTANT_CLIENTS connections at once, for so many milliseconds. */
struct rate contestant_many(struct contestant *c, size_t size, int ms);

double contestant_us(const struct contestant *c, int i); /* of sample i */
double contestant_median(double *v, int n);              /* sorts them */
int contestant_rounds(int usual);                        /* fewer with BENCH_QUICK */
int contestant_by_value(const void *a, const void *b);   /* samples */
