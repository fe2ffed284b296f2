/* SPDX-License-Identifier: Apache-2.0
 * worker.h - the programs that bench-queue runs: contestants, which obey lines (queue_peer.h), and
 * the queue manager.
 */
#pragma once

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

void worker_die(const char *who, const char *what) __attribute__((noreturn));
double worker_seconds(void);

struct worker {
    const char *name, *kind;
    pid_t pid;
    FILE *to, *from;
};

/* program: beside this one, or of the folder COUNTERSIGN_PEERS where it is called peer-. */
void worker_begin(struct worker *w, const char *program);
void worker_end(struct worker *w);
/* Microseconds a message. */
double worker_run(struct worker *w, const char *verb, int count, int window);
/* Microseconds of each of so many, appended. */
void worker_latency(struct worker *w, int count, int interval_us, double *ret);

/* ---- countersign-mqd, with its store in that folder ---- */

struct manager_process {
    pid_t pid;
    FILE *said;
    pthread_t listener; /* it says more than a pipe holds */
};

/* Seconds from its start until it says that it is ready. */
double manager_process_begin(struct manager_process *m, const char *store);
double manager_process_resident(const struct manager_process *m); /* MiB */
void manager_process_end(struct manager_process *m);
