/* SPDX-License-Identifier: Apache-2.0
 * queue_peer.h - what bench-queue asks of each contestant.
 *
 *    PROGRAM KIND               prints "ready", then obeys one line each of its standard input
 *
 *    send COUNT WINDOW          so many messages, each confirmed, at most WINDOW of them not yet:
 *                               nanoseconds until the last one is
 *    receive COUNT WINDOW       so many, in groups or with so many under way: nanoseconds until the
 *                               last is gone for good
 *    latency COUNT MICROSECONDS one message after the other, so many microseconds after the one
 *                               before was done with: of each the nanoseconds from before it
 *                               is sent until queue_peer_arrived
 *
 * A message is QUEUE_PEER_BODY octets. Who asks receives as many as it sent.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { QUEUE_PEER_BODY = 1024, QUEUE_PEER_WINDOW = 256 };

struct queue_peer {
    void (*open)(const char *kind); /* and what is left of an earlier run is gone */
    void (*send)(int count, int window);
    void (*receive)(int count, int window);
    /* By two threads, one each; NULL: none has a latency. */
    void (*send_one)(const uint8_t body[QUEUE_PEER_BODY]);
    void (*receive_one)(uint8_t body[QUEUE_PEER_BODY]);
    void (*close)(void);
};

int queue_peer_main(const struct queue_peer *p, int argc, char **argv);

/* What is sent; nothing in it repeats. */
extern uint8_t queue_peer_body[QUEUE_PEER_BODY];

/* By receive_one: its message is the program's, which has yet to acknowledge it. */
void queue_peer_arrived(void);

void queue_peer_die(const char *what) __attribute__((noreturn));
