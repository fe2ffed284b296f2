/* SPDX-License-Identifier: Apache-2.0
 * two_realms.c - two realms in one process at the same time, neither known to any krb5.conf.
 *
 * alone_two_realms.sh raises them and says who is who: ONE_REALM, ONE_PERSON, ... and TWO_...
 * The first realm's KDC is found by DNS, the second's is given.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "kerberos/package.h"

enum { ROUNDS = 20 };

struct realm {
    const char *prefix;
    void *client, *service;
    char *spn, *client_name;
    int crossed;
};

static const char *of(const struct realm *r, const char *what)
{
    char name[64];

    snprintf(name, sizeof name, "%s_%s", r->prefix, what);
    return getenv(name);
}

static void need(bool ok, const struct realm *r, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s: %s: %s (%s)\n", r->prefix, what, detail_get()->text, detail_get()->remedy);
    exit(1);
}

static void acquire(struct realm *r)
{
    struct acquire c = { .use = CREDENTIAL_OUTBOUND,
                         .user = of(r, "PERSON"),
                         .domain = of(r, "REALM"),
                         .password = of(r, "PERSON_PASSWORD"),
                         .realm = of(r, "REALM"),
                         .kdc = of(r, "KDC") };
    struct acquire s = { .use = CREDENTIAL_INBOUND, .keytab = of(r, "SERVICE_KEYTAB") };

    need(kerberos_package.acquire(&c, NULL, &r->client) == ERR_OK, r, "client");
    need(kerberos_package.acquire(&s, NULL, &r->service) == ERR_OK, r, "service");
    r->spn = mem_strdup(of(r, "SERVICE_SPN"));
    r->client_name = mem_printf("%s@%s", of(r, "PERSON"), of(r, "REALM"));
}

static void cross(struct realm *r)
{
    struct leg_in a = { .target = r->spn, .flags = CONTEXT_MUTUAL }, b = { 0 };
    struct leg_out first = { 0 }, second = { 0 }, last = { 0 };
    struct context_info info = { 0 };
    void *initiator = NULL, *acceptor = NULL;

    need(kerberos_package.initiate(&initiator, r->client, &a, &first) == ERR_OK, r, "initiate");
    b.token = buf_view(first.token);
    need(kerberos_package.accept(&acceptor, r->service, &b, &second) == ERR_OK, r, "accept");
    a.token = buf_view(second.token);
    need(kerberos_package.initiate(&initiator, r->client, &a, &last) == ERR_OK && last.done, r,
         "finish");
    kerberos_package.context_query(acceptor, &info);
    need(strcmp(info.client, r->client_name) == 0, r, info.client);
    buf_free(&first.token);
    buf_free(&second.token);
    kerberos_package.context_free(initiator);
    kerberos_package.context_free(acceptor);
    r->crossed++;
}

static void *cross_often(void *arg)
{
    int i;

    for (i = 0; i < ROUNDS; i++)
        cross(arg);
    return NULL;
}

static void release(struct realm *r)
{
    kerberos_package.credential_free(r->client);
    kerberos_package.credential_free(r->service);
    mem_free(r->spn);
    mem_free(r->client_name);
}

int main(void)
{
    struct realm one = { .prefix = "ONE" }, two = { .prefix = "TWO" };
    pthread_t thread;

    acquire(&one);
    acquire(&two);
    cross(&one);
    cross(&two);
    need(pthread_create(&thread, NULL, cross_often, &one) == 0, &one, "thread");
    cross_often(&two);
    pthread_join(thread, NULL);
    printf("%d contexts in one realm, %d in the other\n", one.crossed, two.crossed);
    release(&one);
    release(&two);
    return one.crossed != ROUNDS + 1 || two.crossed != ROUNDS + 1;
}
