/* SPDX-License-Identifier: Apache-2.0
 * fuzz_queue_executed.c - a file of executed messages: each record is counted once, and it does not
 * matter in which pieces the file is read.
 */
#include <stdlib.h>

#include "queue/executed_file.h"

enum { HOUR = 1000005 };

static enum err keep(void *arg, const uint8_t *mark)
{
    struct queue_mark_set *s = arg;
    uint8_t key[SIPHASH_KEY] = { 1 };

    return queue_mark_set_add(s, queue_mark_hash(key, mark), 1 << 20);
}

static struct queue_executed_read read_in(struct bytes b, size_t piece)
{
    struct queue_executed_read r = { .hour = HOUR };
    struct queue_mark_set set = { 0 };
    size_t used = 0, at = 0;

    while (at < b.len) {
        size_t n = b.len - at < piece ? b.len - at : piece;

        if (queue_executed_read(&r, bytes_of(b.ptr + at, n), keep, &set, &used))
            abort();
        if (used == 0)
            break;
        at += used;
    }
    if (set.count > r.records)
        abort();
    queue_mark_set_free(&set);
    return r;
}

static bool same(const struct queue_executed_read *a, const struct queue_executed_read *b)
{
    return a->hour == b->hour && a->index == b->index && a->records == b->records &&
           a->damaged == b->damaged && a->bad == b->bad && a->good == b->good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct queue_executed_read whole = read_in(bytes_of(data, size), size + 1);
    struct queue_executed_read cut = read_in(bytes_of(data, size), 2 * QUEUE_EXECUTED_RECORD + 5);

    if (whole.index != size / QUEUE_EXECUTED_RECORD ||
        whole.records + whole.damaged + whole.bad != whole.index || !same(&whole, &cut))
        abort();
    return 0;
}
