/* SPDX-License-Identifier: Apache-2.0
 * endpoints_probe.c - what servers take of whom, found without calling anything of theirs: an
 * operation number is called that no interface has (ask.h).
 *
 * One thread asks one server process, which is one endpoint, about all its interfaces: they share a
 * connection for each way to authenticate. Nobody is asked but the host the user named, whatever
 * addresses its mapper tells; this host's own mapper is believed.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"

#include "ask.h"
#include "endpoints.h"
#include "out.h"

enum {
    AT_ONCE = 8, /* servers asked side by side */
    LEVELS = 4,
    TELL_MS = 500,
};

static const ULONG services[ENDPOINTS_SERVICES] = { RPC_C_AUTHN_GSS_NEGOTIATE,
                                                    RPC_C_AUTHN_GSS_KERBEROS };
static const ULONG levels[LEVELS] = { RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_LEVEL_PKT,
                                      RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
                                      RPC_C_AUTHN_LEVEL_PKT_PRIVACY };

const char *endpoints_service_name(unsigned service)
{
    return service == 0 ? "negotiate" : "kerberos";
}

ULONG endpoints_service(unsigned service)
{
    return services[service];
}

struct work {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct endpoints *e;
    bool *taken; /* of each endpoint: its process has been, or is being asked */
    size_t running, done;
};

/* Milliseconds of RPC_C_BINDING_xxx_TIMEOUT, and no step longer than what was asked for. */
void endpoints_be_patient(RPC_BINDING_HANDLE b, unsigned seconds)
{
    static const unsigned time[] = { 1, 2, 4, 8, 15, 30, 45, 60, 90, 120 };
    UINT com = 0;

    while (com + 1 < sizeof time / sizeof *time && time[com + 1] <= seconds)
        com++;
    (void)RpcMgmtSetComTimeout(b, com);
    (void)RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, (ULONG_PTR)seconds * 1000);
}

/* ---- one server ---- */

static const char *host_of(const struct endpoints *e, const struct endpoint *p)
{
    return e->host ? e->host : p->address;
}

static bool is_local(const struct endpoint *p)
{
    return strcmp(p->sequence, "ncalrpc") == 0;
}

bool endpoints_can_be_asked(const struct endpoints *e, const struct endpoint *p)
{
    return strcmp(p->sequence, "ncacn_ip_tcp") == 0 || (is_local(p) && !e->host);
}

bool endpoints_same_server(const struct endpoints *e, const struct endpoint *a,
                           const struct endpoint *b)
{
    return strcmp(a->sequence, b->sequence) == 0 && strcmp(a->endpoint, b->endpoint) == 0 &&
           strcmp(host_of(e, a), host_of(e, b)) == 0;
}

RPC_BINDING_HANDLE endpoints_bind(const struct endpoints *e, const struct endpoint *p)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR text = NULL;

    if (RpcStringBindingComposeA(NULL, cstr(p->sequence), cstr(host_of(e, p)), cstr(p->endpoint),
                                 NULL, &text) == RPC_S_OK &&
        RpcBindingFromStringBindingA(text, &b) == RPC_S_OK)
        endpoints_be_patient(b, e->timeout);
    RpcStringFreeA(&text);
    return b;
}

/* In NDR alone, or in NDR64 alone. */
static RPC_STATUS ask(RPC_BINDING_HANDLE b, const struct endpoint *p, unsigned syntaxes)
{
    const CS_CLIENT_INTERFACE face = { { .Length = sizeof face,
                                         .StubAbi = CS_STUB_ABI,
                                         .Side = CS_INTERFACE_CLIENT,
                                         .Id = p->id,
                                         .Name = "the interface",
                                         .Syntaxes = syntaxes } };

    (void)RpcBindingSetObject(b, (UUID *)(uintptr_t)&p->object);
    return ask_interface(&face, b);
}

/* Of an interface that is there: it takes such calls, or refuses them. */
static bool is_answer(RPC_STATUS status)
{
    return status == RPC_S_PROCNUM_OUT_OF_RANGE || status == RPC_S_ACCESS_DENIED;
}

/* Somebody did not answer, or not now: what he takes is not known from that. */
static bool is_silence(RPC_STATUS status)
{
    switch (status) {
    case RPC_S_SERVER_UNAVAILABLE:
    case RPC_S_SERVER_TOO_BUSY:
    case RPC_S_CALL_CANCELLED:
    case RPC_S_CALL_FAILED:
    case RPC_S_CALL_FAILED_DNE:
    case RPC_S_OUT_OF_MEMORY:
    case RPC_S_OUT_OF_RESOURCES:
        return true;
    default:
        return false;
    }
}

static void judge(struct verdict *v, RPC_STATUS status)
{
    char fix[ENDPOINTS_TEXT];

    switch (status) {
    case RPC_S_PROCNUM_OUT_OF_RANGE:
        v->state = ENDPOINT_ANSWERS;
        v->anybody = true;
        return;
    case RPC_S_ACCESS_DENIED:
        v->state = ENDPOINT_ANSWERS;
        return;
    case RPC_S_UNKNOWN_IF:
        v->state = ENDPOINT_STALE;
        return;
    case RPC_S_SERVER_UNAVAILABLE:
        v->state = ENDPOINT_DEAD;
        return;
    default:
        v->state = ENDPOINT_UNKNOWN;
        ask_why(status, v->why, sizeof v->why, fix, sizeof fix);
    }
}

/* Who is not there need not be waited for again. */
static void ask_anybody(struct endpoints *e, const size_t *which, size_t n)
{
    RPC_BINDING_HANDLE b = endpoints_bind(e, &e->all[which[0]]);
    struct verdict first = { 0 };
    size_t i;

    for (i = 0; i < n; i++) {
        struct verdict *v = &e->all[which[i]].verdict;

        if (first.state == ENDPOINT_DEAD)
            *v = first;
        else
            judge(v, b ? ask(b, &e->all[which[i]], CS_SYNTAX_NDR) : RPC_S_OUT_OF_MEMORY);
        if (v->state == ENDPOINT_ANSWERS)
            v->ndr64 = is_answer(ask(b, &e->all[which[i]], CS_SYNTAX_NDR64));
        if (i == 0)
            first = *v;
    }
    RpcBindingFree(&b);
}

/* False: there is no authenticating so, whatever the interface; nothing more is tried, for a server
 * may count failures. */
static bool ask_at(struct endpoints *e, const size_t *which, size_t n, unsigned service,
                   ULONG level)
{
    RPC_BINDING_HANDLE b = endpoints_bind(e, &e->all[which[0]]);
    RPC_STATUS status = b ? ask_as_user(b, e->name, level, services[service]) : RPC_S_OUT_OF_MEMORY;
    bool good = status == RPC_S_OK, proven = false;
    size_t i;

    for (i = 0; i < n; i++) {
        struct verdict *v = &e->all[which[i]].verdict;

        if (v->state != ENDPOINT_ANSWERS)
            continue;
        if (good)
            status = ask(b, &e->all[which[i]], CS_SYNTAX_NDR);
        good = good && is_answer(status);
        if (status == RPC_S_PROCNUM_OUT_OF_RANGE)
            v->levels[service] |= 1U << level;
        v->asked[service] |= good;
        v->gaps[service] |= is_silence(status) || (proven && !good);
        proven |= good;
    }
    RpcBindingFree(&b);
    return good;
}

static void ask_server(struct endpoints *e, const size_t *which, size_t n)
{
    bool local = is_local(&e->all[which[0]]);
    unsigned service, i;

    ask_anybody(e, which, n);
    if (!e->asked_as_user && !local)
        return;
    if (local) { /* there the kernel says who calls, and the level is privacy */
        (void)ask_at(e, which, n, 0, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
        return;
    }
    for (service = 0; service < ENDPOINTS_SERVICES; service++)
        for (i = LEVELS; i-- > 0;) /* the highest first: who refuses that refuses all */
            if (!ask_at(e, which, n, service, levels[i]) && i == LEVELS - 1)
                break;
}

/* ---- all of them ---- */

/* The next server nobody has asked: its endpoints; 0: none is left. */
static size_t take(struct work *w, size_t *which)
{
    struct endpoints *e = w->e;
    size_t n = 0, i;

    for (i = 0; i < e->count; i++)
        if (!w->taken[i] && (!n || endpoints_same_server(e, &e->all[which[0]], &e->all[i]))) {
            w->taken[i] = true;
            which[n++] = i;
        }
    return n;
}

static void *run(void *arg)
{
    struct work *w = arg;
    size_t *which = mem_array(w->e->count, sizeof *which);
    size_t n;

    pthread_mutex_lock(&w->lock);
    while (which && (n = take(w, which)) > 0) {
        pthread_mutex_unlock(&w->lock);
        ask_server(w->e, which, n);
        pthread_mutex_lock(&w->lock);
        w->done += n;
    }
    w->running--;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    mem_free(which);
    return NULL;
}

static void wait_a_little(struct work *w)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TELL_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&w->changed, &w->lock, &until);
}

static void run_all(struct work *w, size_t all)
{
    pthread_t threads[AT_ONCE];
    char doing[80];
    size_t n = 0, i;

    pthread_mutex_lock(&w->lock);
    while (n < AT_ONCE && n < all && !pthread_create(&threads[n], NULL, run, w))
        n++;
    w->running = n;
    while (w->running) {
        snprintf(doing, sizeof doing, "asking what servers take: %zu of %zu endpoints", w->done,
                 all);
        out_progress(doing);
        wait_a_little(w);
    }
    pthread_mutex_unlock(&w->lock);
    for (i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    out_progress(NULL);
}

/* Whether there is anybody to be, and somebody to ask for. */
static void choose_user(struct endpoints *e)
{
    RPC_BINDING_HANDLE b = NULL;
    char fix[ENDPOINTS_TEXT];
    RPC_STATUS status;

    if (!e->name[0]) {
        snprintf(e->note, sizeof e->note, "Over TCP only what anybody may do was asked: %s.",
                 e->host ? "an address is no name to prove; name the host, or give --spn"
                         : "which name its servers would prove is not known; --spn says it");
        return;
    }
    if (RpcBindingFromStringBindingA(cstr("ncacn_ip_tcp:[135]"), &b) != RPC_S_OK)
        return;
    status = ask_as_user(b, e->name, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE);
    e->asked_as_user = status == RPC_S_OK;
    if (status != RPC_S_OK) {
        ask_why(status, e->why, sizeof e->why, fix, sizeof fix);
        snprintf(e->note, sizeof e->note, "Over TCP only what anybody may do was asked: %.180s",
                 e->why);
    }
    RpcBindingFree(&b);
}

void endpoints_probe(struct endpoints *e)
{
    struct work w = { .lock = PTHREAD_MUTEX_INITIALIZER,
                      .changed = PTHREAD_COND_INITIALIZER,
                      .e = e,
                      .taken = mem_zero(e->count + 1) };
    size_t all = 0, i;

    if (!w.taken)
        return;
    for (i = 0; i < e->count; i++) {
        w.taken[i] = !endpoints_can_be_asked(e, &e->all[i]);
        all += !w.taken[i];
    }
    if (all)
        choose_user(e);
    run_all(&w, all);
    mem_free(w.taken);
}
