/* SPDX-License-Identifier: Apache-2.0
 * pipe.c - pipes, and stubs that come in parts.  C706 14.3.9, [MS-RPCE] 2.2.5.3.4.5
 *
 *    within a pipe:  before the part | rest of the last part, moved there | the part
 *                    ^ base                ^ pos: the same remainder of 16 as in the whole stub
 */
#include "ndr/pipe.h"

#include "base/detail.h"

/* ---- parts ---- */

static enum err part_get(struct ndr_in *in, struct ndr_part *ret)
{
    struct ndr_source *s = in->source;
    enum err e = s->next(s, ret);

    s->stalled = e == ERR_INCOMPLETE;
    if (e && !s->stalled)
        reader_fail(&in->r, e);
    if (e)
        return e;
    s->ended = ret->last;
    return ERR_OK;
}

/* What the peer sent pays for itself, as ndr_budget has it. */
static uint8_t *room_get(struct ndr_in *in, size_t size)
{
    void *p = NULL;

    in->arena->budget += size;
    reader_fail(&in->r, ndr_arena_new(in->arena, size, 1, &p));
    return in->r.err ? NULL : (uint8_t *)p;
}

/* All of it so far, at one place: what was read may be pointed to, so its old place stays. */
static void append(struct ndr_in *in, const struct ndr_part *part)
{
    struct ndr_source *s = in->source;
    size_t whole = in->r.size + part->len;

    if (whole > s->limit) {
        ndr_in_fail(in, ERR_TOO_LONG, "more than %zu octets before a pipe or after it", s->limit);
        return;
    }
    in->arena->budget += part->len * NDR_BUDGET_PER_BYTE;
    if (s->room != in->r.base || whole > s->room_size) {
        uint8_t *room = room_get(in, 2 * whole);

        if (!room)
            return;
        memcpy(room, in->r.base, in->r.size);
        in->r.base = s->room = room;
        s->room_size = 2 * whole;
    }
    memcpy(s->room + in->r.size, part->ptr, part->len);
    in->r.size = whole;
}

OFTEN bool ndr_in_want(struct ndr_in *in, size_t n)
{
    struct ndr_part part = { 0 };

    while (!in->r.err && in->source && !in->source->ended && reader_left(&in->r) < n) {
        if (part_get(in, &part))
            return false;
        append(in, &part);
    }
    return !in->r.err && reader_left(&in->r) >= n;
}

/* The rest of what is here goes before the next part, or both to a place of their own. False: the
 * stream has failed, or stalled. */
static bool go_on(struct ndr_in *in)
{
    size_t rest = reader_left(&in->r), phase = in->r.pos & (NDR_PART_ALIGN - 1);
    const uint8_t *from = in->r.base + in->r.pos;
    struct ndr_source *s = in->source;
    struct ndr_part part = { 0 };
    uint8_t *to = NULL;

    if (part_get(in, &part))
        return false;
    if (rest + phase <= NDR_PART_BEFORE) {
        to = part.ptr - rest - phase;
    } else {
        if (s->window_size < phase + rest + part.len) {
            s->window_size = 2 * (phase + rest + part.len);
            s->window = room_get(in, s->window_size);
        }
        to = s->window;
    }
    if (!to)
        return false;
    memmove(to + phase, from, rest);
    if (to == s->window)
        memcpy(to + phase + rest, part.ptr, part.len);
    in->r.base = to;
    in->r.pos = phase;
    in->r.size = phase + rest + part.len;
    return true;
}

/* The same within a pipe: what has been read is let go. */
static bool want_aligned(struct ndr_in *in, size_t align, size_t n)
{
    size_t gap = (0 - in->r.pos) & (align - 1);

    while (!in->r.err && in->source && !in->source->ended && reader_left(&in->r) < gap + n) {
        if (!go_on(in))
            return false;
    }
    return !in->r.err && reader_left(&in->r) >= gap + n;
}

static bool stalled(const struct ndr_in *in)
{
    return !in->r.err && in->source && in->source->stalled;
}

/* ---- chunks read ---- */

/* What NDR64 has behind a chunk: the count, negated. False: it has not come, or is wrong. */
static bool chunk_close(struct ndr_in *in, struct ndr_chunk *c)
{
    if (c->closing && !want_aligned(in, 8, 8) && stalled(in))
        return false;
    if (c->closing)
        ndr_in_same(in, 0 - ndr_in_u64(in), c->count);
    c->closing = false;
    return !in->r.err;
}

static void chunk_read(struct ndr_in *in, struct ndr_chunk *c, const struct ndr_element *e)
{
    size_t width = in->wide ? 8 : 4;

    if (!want_aligned(in, width, width) && stalled(in))
        return;
    c->count = c->left = ndr_in_size(in);
    if (in->wide && c->count > NDR_64_CHUNK_MAX)
        ndr_in_fail(in, ERR_MALFORMED, "a chunk of %llu elements", (unsigned long long)c->count);
    if (in->r.err)
        c->count = c->left = 0;
    c->closing = !in->r.err && in->wide;
    c->last = !in->r.err && !c->count;
    if (c->count && e->high && (c->count < e->low || c->count > e->high))
        ndr_in_fail(in, ERR_MALFORMED, "a chunk of %llu elements where %u to %u may be",
                    (unsigned long long)c->count, e->low, e->high);
}

size_t ndr_in_pipe(struct ndr_in *in, struct ndr_chunk *c, const struct ndr_element *e)
{
    size_t stride = (e->size + e->align - 1) & ~(e->align - 1), gap, n;

    if (!c->left && !c->last && chunk_close(in, c))
        chunk_read(in, c, e);
    if (c->last)
        c->ended = chunk_close(in, c);
    if (!c->left || in->r.err)
        return 0;
    if (!want_aligned(in, e->align, e->size)) {
        if (!stalled(in))
            ndr_in_fail(in, ERR_TRUNCATED, "%llu elements of a chunk are missing",
                        (unsigned long long)c->left);
        return 0;
    }
    gap = (0 - in->r.pos) & (e->align - 1);
    n = (reader_left(&in->r) - gap - e->size) / stride + 1;
    return n < c->left ? n : (size_t)c->left;
}

void ndr_in_piped(struct ndr_in *in, struct ndr_chunk *c, size_t n)
{
    (void)in;
    c->left -= n; /* what is behind the chunk is read with the next one */
}

/* ---- chunks written ---- */

void ndr_out_chunk_begin(struct ndr_out *out, const struct ndr_element *e, uint32_t n)
{
    if (n && e->high && (n < e->low || n > e->high))
        ndr_out_fail(out, ERR_RPC_BOUND,
                     "a pipe's chunk has more or fewer elements than [range] "
                     "says");
    if (out->wide && n > NDR_64_CHUNK_MAX)
        ndr_out_fail(out, ERR_TOO_LONG, "a pipe's chunk has more elements than NDR64 allows");
    ndr_out_size(out, n);
}

void ndr_out_chunk_end(struct ndr_out *out, uint32_t n)
{
    if (out->wide)
        ndr_out_u64(out, 0 - (uint64_t)n);
}

size_t ndr_out_due(const struct ndr_out *out)
{
    return out->w.err ? 0 : out->w.len & ~(size_t)(NDR_PART_ALIGN - 1);
}

void ndr_out_sent(struct ndr_out *out, size_t n)
{
    memmove(out->w.ptr, out->w.ptr + n, out->w.len - n);
    out->w.len -= n;
}
