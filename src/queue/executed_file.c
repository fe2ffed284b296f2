/* SPDX-License-Identifier: Apache-2.0
 * executed_file.c - see executed_file.h.
 *    record:  0 mark 16 | 16 check 8: SipHash of the mark, its key the hour 8 | the index 8
 *
 * The check is against accidents, and finds also a record that stands in another's place.
 */
#include "queue/executed_file.h"

#include "base/alloc.h"
#include "base/detail.h"

enum { SLOTS_FIRST = 64 };

static uint64_t check_of(uint32_t hour, uint64_t index, const uint8_t mark[QUEUE_MARK])
{
    uint8_t key[SIPHASH_KEY];
    struct writer w = writer_over(key, sizeof key);

    writer_le64(&w, hour);
    writer_le64(&w, index);
    return siphash(key, bytes_of(mark, QUEUE_MARK));
}

void queue_executed_record(uint32_t hour, uint64_t index, const uint8_t mark[QUEUE_MARK],
                           uint8_t to[QUEUE_EXECUTED_RECORD])
{
    struct writer w = writer_over(to, QUEUE_EXECUTED_RECORD);

    writer_bytes(&w, bytes_of(mark, QUEUE_MARK));
    writer_le64(&w, check_of(hour, index, mark));
}

enum err queue_executed_read(struct queue_executed_read *f, struct bytes b,
                             enum err (*take)(void *arg, const uint8_t *mark), void *arg,
                             size_t *ret_used)
{
    struct reader r = reader_over(b);
    enum err e = ERR_OK;

    while (!e && reader_left(&r) >= QUEUE_EXECUTED_RECORD) {
        struct bytes mark = reader_take(&r, QUEUE_MARK);
        uint64_t check = reader_le64(&r);

        if (check != check_of(f->hour, f->index++, mark.ptr)) {
            f->bad++;
            continue;
        }
        f->damaged += f->bad;
        f->bad = 0;
        f->records++;
        f->good = f->index * QUEUE_EXECUTED_RECORD;
        e = take(arg, mark.ptr);
    }
    *ret_used = r.pos;
    return e;
}

uint64_t queue_mark_hash(const uint8_t key[SIPHASH_KEY], const uint8_t mark[QUEUE_MARK])
{
    uint64_t h = siphash(key, bytes_of(mark, QUEUE_MARK));

    return h ? h : 1;
}

/* Its slot, or the empty one where it would be. */
static size_t slot_of(const struct queue_mark_set *s, uint64_t mark)
{
    size_t i = (size_t)mark & (s->cap - 1);

    while (s->slots[i] && s->slots[i] != mark)
        i = (i + 1) & (s->cap - 1);
    return i;
}

bool queue_mark_set_has(const struct queue_mark_set *s, uint64_t mark)
{
    return s->cap && s->slots[slot_of(s, mark)] == mark;
}

static bool is_full(const struct queue_mark_set *s)
{
    return 4 * (s->count + 1) > 3 * s->cap;
}

static size_t next_cap(const struct queue_mark_set *s)
{
    return s->cap ? 2 * s->cap : SLOTS_FIRST;
}

bool queue_mark_set_room(const struct queue_mark_set *s, size_t grow)
{
    return !is_full(s) || (next_cap(s) - s->cap) * sizeof *s->slots <= grow;
}

static enum err set_grow(struct queue_mark_set *s)
{
    struct queue_mark_set larger = { NULL, next_cap(s), s->count };
    size_t i;

    larger.slots = mem_array(larger.cap, sizeof *s->slots);
    if (!larger.slots)
        return ERR_NO_MEMORY;
    for (i = 0; i < s->cap; i++)
        if (s->slots[i])
            larger.slots[slot_of(&larger, s->slots[i])] = s->slots[i];
    mem_free(s->slots);
    *s = larger;
    return ERR_OK;
}

enum err queue_mark_set_add(struct queue_mark_set *s, uint64_t mark, size_t grow)
{
    enum err e = ERR_OK;

    if (queue_mark_set_has(s, mark))
        return ERR_OK;
    if (!queue_mark_set_room(s, grow))
        return detail_fail(ERR_RPC_RESOURCES, "no room for more marks of executed messages");
    if (is_full(s))
        e = set_grow(s);
    if (e)
        return e;
    s->slots[slot_of(s, mark)] = mark;
    s->count++;
    return ERR_OK;
}

void queue_mark_set_free(struct queue_mark_set *s)
{
    mem_free(s->slots);
    *s = (struct queue_mark_set){ 0 };
}
