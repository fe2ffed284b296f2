/* SPDX-License-Identifier: Apache-2.0
 * access.c - what a queue's descriptor lets a program of this host do.  [MS-DTYP] 2.5.3.2
 */
#include "queue/manager/access.h"

#include <inttypes.h>
#include <stdio.h>

#include "acl/sddl.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "base/os_account.h"

enum { FIXED = 6 }; /* SIDs beside those of groups */

/* MQSEC_QUEUE_GENERIC_xxx: to read is to receive as well. */
static const struct acl_mapping mapping = {
    .read = ACCESS_RECEIVE | ACCESS_JOURNAL | ACCESS_SHOW | RIGHT_READ_CONTROL,
    .write = ACCESS_SEND | ACCESS_SHOW | RIGHT_READ_CONTROL,
    .execute = 0,
    .all = ACCESS_ALL,
};

void access_sid_of_uid(uint32_t uid, char ret[ACCESS_SID])
{
    (void)snprintf(ret, ACCESS_SID, "S-1-22-1-%" PRIu32, uid);
}

/* ---- who ---- */

static enum err add_sid(struct access_who *w, const char *text)
{
    enum err e = sid_parse(text, &w->sids[w->count]);

    w->count += !e;
    return e;
}

static enum err add_group(struct access_who *w, uint32_t gid)
{
    char text[ACCESS_SID];

    (void)snprintf(text, sizeof text, "S-1-22-2-%" PRIu32, gid);
    return add_sid(w, text);
}

enum err access_who_new(uint32_t uid, uint32_t gid, struct access_who *ret)
{
    const struct identity_map_target account = { .uid = uid };
    struct access_who w = { .uid = uid };
    struct os_account known = { 0 };
    enum err e;
    size_t i;

    /* Who is in no list of the name service has the group of his process alone. */
    e = os_account_find(&account, &known);
    if (e != ERR_NO_MEMORY)
        e = ERR_OK;
    access_sid_of_uid(uid, w.text);
    if (!e)
        w.sids = mem_array(FIXED + known.count, sizeof *w.sids);
    if (!w.sids)
        e = ERR_NO_MEMORY;
    if (!e)
        e = add_sid(&w, w.text);
    if (!e)
        e = add_group(&w, gid);
    if (!e)
        e = add_sid(&w, "S-1-1-0"); /* Everyone */
    if (!e)
        e = add_sid(&w, "S-1-2-0"); /* LOCAL */
    if (!e)
        e = add_sid(&w, "S-1-5-11"); /* Authenticated Users */
    if (!e && uid == 0)
        e = add_sid(&w, "S-1-5-18"); /* what Windows calls root's like */
    for (i = 0; !e && i < known.count; i++)
        e = add_group(&w, known.groups[i]);
    os_account_done(&known);
    if (e)
        access_who_done(&w);
    else
        *ret = w;
    return e;
}

void access_who_done(struct access_who *w)
{
    mem_free(w->sids);
    *w = (struct access_who){ 0 };
}

/* ---- what ---- */

enum err access_descriptor_new(const char *sddl, const char *owner, struct buf *ret)
{
    struct descriptor d = { 0 };
    struct buf parsed = { 0 };
    enum err e = sddl_check_list(sddl);

    if (!e)
        e = sddl_parse(sddl, NULL, &parsed);
    if (!e)
        e = descriptor_read(buf_view(parsed), &d);
    if (!e && (d.has_owner || d.has_group || d.sacl.present))
        e = detail_fail(ERR_INVALID_PARAMETER,
                        "a queue's descriptor is its list of access: without O:, G: and S:");
    if (!e)
        e = sid_parse(owner, &d.owner);
    if (!e) {
        d.has_owner = true;
        e = descriptor_write(&d, ret);
    }
    buf_free(&parsed);
    return e;
}

bool access_granted(struct bytes descriptor, const struct access_who *who, uint32_t wanted)
{
    const struct sid_set set = { .sids = who->sids, .count = who->count };
    const struct acl_request rq = { .wanted = wanted, .mapping = &mapping };
    struct descriptor d;
    uint32_t granted = 0;

    return !descriptor_read(descriptor, &d) && acl_access_check(&d, &set, &rq, &granted);
}
