/* SPDX-License-Identifier: Apache-2.0
 * mechlist_mic.c - the signature over the initiator's list of mechanisms.  RFC 4178 5 a)
 */
#include "negotiate/mechlist_mic.h"

#include "base/detail.h"

enum { MIC_ROOM = 256 }; /* where a package does not say; Kerberos' takes 28 */

/* list and mic are copies: packages take what they may write to. */
static struct message message_of(struct segment seg[2], struct buf list, struct buf mic)
{
    seg[0] = (struct segment){ list.ptr, list.len, SEGMENT_DATA, SEGMENT_NORMAL };
    seg[1] = (struct segment){ mic.ptr, mic.len, SEGMENT_TOKEN, SEGMENT_NORMAL };
    return (struct message){ .seg = seg, .count = 2 };
}

enum err negotiate_mic_make(const struct package *p, void *context, struct bytes mech_types,
                            struct buf *ret)
{
    struct context_info info = { 0 };
    struct buf list = { 0 }, mic = { 0 };
    struct segment seg[2];
    struct message m;
    enum err e;

    p->context_query(context, &info);
    e = buf_copy(mech_types, &list);
    if (!e)
        e = buf_new(info.sizes.max_signature ? info.sizes.max_signature : MIC_ROOM, &mic);
    if (e)
        goto out;
    m = message_of(seg, list, mic);
    e = p->sign(context, 0, &m);
    if (e)
        goto out;
    mic.len = seg[1].len;
    *ret = mic;
    mic = (struct buf){ 0 };
out:
    buf_free(&list);
    buf_free(&mic);
    return e;
}

enum err negotiate_mic_check(const struct package *p, void *context, struct bytes mech_types,
                             struct bytes mic)
{
    struct buf list = { 0 }, copy = { 0 };
    struct segment seg[2];
    struct message m;
    uint32_t qop = 0;
    enum err e;

    e = buf_copy(mech_types, &list);
    if (!e)
        e = buf_copy(mic, &copy);
    if (e)
        goto out;
    m = message_of(seg, list, copy);
    e = p->verify(context, &m, &qop);
    if (e && e != ERR_NO_MEMORY) {
        detail_get()->text[0] = '\0'; /* the package does not know what the signature was for */
        detail_remedy("somebody between the two sides changes what they offer each other");
        e = detail_fail(
            ERR_ALTERED,
            "the peer's signature over the list of mechanisms is wrong (%s, %zu bytes): "
            "the list it saw is not the one that was sent",
            err_text(e), mic.len);
    }
out:
    buf_free(&list);
    buf_free(&copy);
    return e;
}
