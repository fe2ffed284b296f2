/* SPDX-License-Identifier: Apache-2.0
 * store_known.c - messages that were there when the store was opened, of which the process before
 * may have told nobody that it had them: who sent one then sends it again, and has it there once.
 *
 * These are the newest: what was committed and not told is of the last batches. It counts for one
 * more of the same id, sender and queue; what comes after that is like any other.
 */
#include "base/alloc.h"
#include "base/writer.h"
#include "queue/manager/store_private.h"

enum { KNOWN_MAX = 4 * STORE_BATCH_OPS };

static void key_of(const uint8_t id[STORE_ID], int64_t who, uint32_t queue, uint64_t ret[2])
{
    uint8_t room[STORE_ID + sizeof(uint64_t) + sizeof(uint32_t)];
    struct writer w = writer_over(room, sizeof room);

    writer_bytes(&w, bytes_of(id, STORE_ID));
    writer_le64(&w, (uint64_t)who);
    writer_le32(&w, queue);
    ret[0] = record_hash(bytes_of(room, w.len));
    memcpy(&ret[1], id, sizeof ret[1]);
}

/* On the row the statement stands on. One that is damaged is known to nobody; nor one that is held,
 * which goes when the transaction it was sent in begins again. */
static void know(struct store *s, sqlite3_stmt *st, struct store_node *n)
{
    uint32_t origin = (uint32_t)sql_u64(st, 3);

    if (sqlite3_column_bytes(st, 0) != STORE_ID || sql_u64(st, 4))
        return;
    key_of(sqlite3_column_blob(st, 0), sqlite3_column_int64(st, 1),
           origin ? origin : (uint32_t)sql_u64(st, 2), n->key);
    if (!store_map_find(&s->known, n->key[0], n->key[1]))
        store_map_add(&s->known, n);
}

MUST_CHECK enum err store_known_load(struct store *s)
{
    sqlite3_stmt *st = sql_use(&s->writer, SQL_NEWEST);
    enum err e = st ? store_map_init(&s->known) : sql_fail(&s->writer, "the newest messages");
    size_t n = 0;

    if (e)
        return e;
    s->known_nodes = mem_array(KNOWN_MAX, sizeof *s->known_nodes);
    if (!s->known_nodes)
        return ERR_NO_MEMORY;
    sql_bind(st, 1, KNOWN_MAX);
    while (n < KNOWN_MAX && sql_row(&s->writer, st, &e))
        know(s, st, &s->known_nodes[n++]);
    (void)sqlite3_reset(st);
    return e;
}

void store_known_done(struct store *s)
{
    store_map_done(&s->known);
    mem_free(s->known_nodes);
    s->known_nodes = NULL;
}

bool store_known_take(struct store *s, uint32_t queue, const struct record *r)
{
    struct store_node *n;
    uint64_t key[2];

    if (!s->known.count)
        return false;
    key_of(r->m.id, r->who, queue, key);
    n = store_map_find(&s->known, key[0], key[1]);
    if (n)
        store_map_remove(&s->known, n);
    return n;
}
