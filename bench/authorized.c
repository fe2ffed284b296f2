/* SPDX-License-Identifier: Apache-2.0
 * authorized.c - what it costs that a call is asked about: a null call of an interface with a
 * guard and a security callback that caches, and over ncalrpc a security descriptor, beside one
 * without.
 *
 * Over TCP sealed, and over ncalrpc, where nothing is encrypted and the share is greatest. The two
 * of a pair take turns, and a ratio is that of one round.
 */
#include "authorized.h"

#include "contestant.h"

enum { ROUNDS = 201, CALLS = 300, MANY_ROUNDS = 15, MANY_MS = 100 };

static const char our[] = "bench-rpc-ours";

static struct pair {
    struct contestant plain, asked;
    const char *alone, *many; /* of the judged lines */
    double ratio, ratio_of_many;
} pairs[] = {
    { .plain = { .name = "privacy", .program = our, .level = "privacy" },
      .asked = { .name = "authorized", .program = our, .level = "privacy-asked" },
      .alone = "privacy: null call authorized, times one that is not",
      .many = "privacy: authorized, 16 clients, times those not" },
    { .plain = { .name = "ncalrpc", .program = our, .level = "known" },
      .asked = { .name = "authorized", .program = our, .level = "known-asked" },
      .alone = "ncalrpc: null call authorized, times one that is not",
      .many = "ncalrpc: authorized, 16 clients, times those not" },
};
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

static void measure_alone(struct pair *p, struct bench_row *row)
{
    double plain[ROUNDS], asked[ROUNDS], ratio[ROUNDS];
    int n = contestant_rounds(ROUNDS), r;

    contestant_calls(&p->plain, 0, CALLS);
    contestant_calls(&p->asked, 0, CALLS);
    for (r = 0; r < n; r++) { /* each goes first as often */
        if (r % 2)
            plain[r] = contestant_round(&p->plain, 0, CALLS);
        asked[r] = contestant_round(&p->asked, 0, CALLS);
        if (r % 2 == 0)
            plain[r] = contestant_round(&p->plain, 0, CALLS);
        ratio[r] = asked[r] / plain[r];
    }
    p->ratio = contestant_median(ratio, n);
    row->contestants = 2;
    row->who[0] = p->plain.name;
    row->who[1] = p->asked.name;
    row->time[0] = contestant_median(plain, n);
    row->time[1] = contestant_median(asked, n);
}

static void measure_many(struct pair *p)
{
    double ratio[MANY_ROUNDS];
    int n = contestant_rounds(MANY_ROUNDS), r;

    contestant_many(&p->plain, 0, 20); /* makes the connections */
    contestant_many(&p->asked, 0, 20);
    for (r = 0; r < n; r++) {
        double asked = contestant_many(&p->asked, 0, MANY_MS).each;

        ratio[r] = asked / contestant_many(&p->plain, 0, MANY_MS).each;
    }
    p->ratio_of_many = contestant_median(ratio, n);
}

void authorized_measure(struct bench *b)
{
    struct pair *p;

    for (p = pairs; p < pairs + PAIRS; p++) {
        contestant_begin(&p->plain);
        contestant_begin(&p->asked);
        measure_alone(p, bench_note(b, "authorized, a call", "us", 0));
        measure_many(p);
        contestant_end(&p->plain);
        contestant_end(&p->asked);
    }
    for (p = pairs; p < pairs + PAIRS; p++) {
        bench_aim(b, p->alone, p->ratio, false, 1.05);
        bench_aim(b, p->many, p->ratio_of_many, false, 1.05);
    }
}
