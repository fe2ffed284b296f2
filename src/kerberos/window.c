/* SPDX-License-Identifier: Apache-2.0
 * window.c - see window.h.
 */
#include "kerberos/window.h"
#include "base/detail.h"

void window_init(struct window *w, bool replay, bool sequence, bool wide, uint64_t first)
{
    w->replay = replay;
    w->sequence = sequence;
    w->mask = wide ? UINT64_MAX : UINT32_MAX;
    w->next = first & w->mask;
    w->seen = UINT64_MAX; /* what lies before the first never comes */
}

static enum err refuse(const struct window *w, uint64_t seq, const char *why)
{
    return detail_fail(ERR_OUT_OF_SEQUENCE, "message number %llu %s; %llu was expected",
                       (unsigned long long)seq, why, (unsigned long long)w->next);
}

OFTEN enum err window_admit(struct window *w, uint64_t seq)
{
    uint64_t ahead = (seq - w->next) & w->mask;
    uint64_t behind = (w->next - 1 - seq) & w->mask;

    if (!w->replay && !w->sequence)
        return ERR_OK;
    if (w->sequence && ahead != 0)
        return refuse(w, seq, ahead <= w->mask / 2 ? "came too early" : "was there already");
    if (ahead <= w->mask / 2) {
        w->seen = ahead + 1 < WINDOW_WIDTH ? w->seen << (ahead + 1) | 1 : 1;
        w->next = (seq + 1) & w->mask;
        return ERR_OK;
    }
    if (behind >= WINDOW_WIDTH)
        return refuse(w, seq, "is too old to be told from a replay");
    if (w->seen >> behind & 1)
        return refuse(w, seq, "was there already");
    w->seen |= (uint64_t)1 << behind;
    return ERR_OK;
}
