/* SPDX-License-Identifier: Apache-2.0
 * binding.c - what a HANDLE of DsBind stands for.
 */
#include "directory/binding.h"

static void release(void *session)
{
    session_close(session);
}

enum err binding_new(const struct session_options *o, HANDLE *ret)
{
    struct session *s = NULL;
    handle_id id = 0;
    enum err e = session_open(o, &s);

    if (e)
        return e;
    e = handle_new(HANDLE_DIRECTORY, s, release, &id);
    if (e)
        session_close(s);
    else
        *ret = (HANDLE)(uintptr_t)id;
    return e;
}

enum err binding_hold(HANDLE hDS, struct held *ret)
{
    struct session_options o = { 0 };
    struct held h = { NULL, (handle_id)(uintptr_t)hDS };
    void *session = NULL;
    enum err e;

    if (h.id) {
        e = handle_get(h.id, HANDLE_DIRECTORY, &session);
        h.session = session;
    } else {
        e = session_open(&o, &h.session);
    }
    if (!e)
        *ret = h;
    return e;
}

void binding_release(struct held *h)
{
    if (h->id && h->session)
        handle_put(h->id);
    else
        session_close(h->session);
    *h = (struct held){ 0 };
}
