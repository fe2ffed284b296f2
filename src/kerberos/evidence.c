/* SPDX-License-Identifier: Apache-2.0
 * evidence.c - tickets that show whom a service acts for.  [MS-SFU] 3.2.5.2
 */
#include "kerberos/evidence.h"

#include "base/alloc.h"

enum err kerberos_evidence_new(const char *client, struct bytes ticket,
                               struct kerberos_evidence **ret)
{
    struct kerberos_evidence *e = mem_zero(sizeof *e);
    enum err err = ERR_NO_MEMORY;

    if (!e)
        return err;
    e->refs = 1;
    e->client = mem_strdup(client);
    if (e->client)
        err = buf_copy(ticket, &e->ticket);
    if (err)
        kerberos_evidence_unref(e);
    else
        *ret = e;
    return err;
}

struct kerberos_evidence *kerberos_evidence_ref(struct kerberos_evidence *e)
{
    if (e)
        __atomic_add_fetch(&e->refs, 1, __ATOMIC_RELAXED);
    return e;
}

void kerberos_evidence_unref(struct kerberos_evidence *e)
{
    if (!e || __atomic_sub_fetch(&e->refs, 1, __ATOMIC_ACQ_REL))
        return;
    identity_unref(e->identity);
    buf_free(&e->ticket);
    mem_free(e->client);
    mem_free(e->asked);
    mem_free(e);
}
