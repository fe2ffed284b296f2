/* SPDX-License-Identifier: Apache-2.0
 * fake_package.c - two tiny packages for tests of what stands above packages.
 */
#include "lib/fake_package.h"

#include <stdio.h>

#include "base/alloc.h"

struct fake_faults fake_faults;
int fake_alive;

enum { FAKE_SIGNATURE = 12 };

struct fake_context {
    const struct package *package;
    bool initiator, done;
    unsigned leg, legs;
    uint32_t flags;
    uint32_t sent, received;
};

static enum err acquire_any(void **ret)
{
    *ret = mem_zero(1);
    if (!*ret)
        return ERR_NO_MEMORY;
    fake_alive++;
    return ERR_OK;
}

static enum err acquire_kerberos(const struct acquire *a, const struct package *const *candidates,
                                 void **ret)
{
    (void)a, (void)candidates;
    return fake_faults.acquire ? fake_faults.acquire : acquire_any(ret);
}

static enum err acquire_ntlm(const struct acquire *a, const struct package *const *candidates,
                             void **ret)
{
    (void)a, (void)candidates;
    return acquire_any(ret);
}

static enum err credential_query(void *credential, struct credential_info *ret)
{
    char *name = mem_strdup("fake@FAKE");

    (void)credential;
    if (!name)
        return ERR_NO_MEMORY;
    *ret = (struct credential_info){ name, 1 };
    return ERR_OK;
}

static void credential_free(void *credential)
{
    fake_alive--;
    mem_free(credential);
}

static unsigned legs_of(const struct package *p, uint32_t flags)
{
    if (p == &fake_ntlm || (flags & CONTEXT_DCE_STYLE))
        return 3;
    return flags & CONTEXT_MUTUAL ? 2 : 1;
}

static struct fake_context *context_of(void **context, const struct package *p, bool initiator,
                                       const struct leg_in *in)
{
    struct fake_context *c = *context;

    if (c)
        return c;
    c = mem_zero(sizeof *c);
    if (!c)
        return NULL;
    fake_alive++;
    c->package = p;
    c->initiator = initiator;
    c->legs = legs_of(p, in->flags);
    c->flags = fake_faults.no_integrity ? in->flags & ~(uint32_t)CONTEXT_INTEGRITY : in->flags;
    *context = c;
    return c;
}

/* The acceptor learns the number of legs from the first token, as a real one does. */
static enum err expect_token(struct fake_context *c, struct bytes token)
{
    char text[40];
    unsigned leg = 0, legs = 0;

    if (token.len >= sizeof text)
        return ERR_MALFORMED;
    snprintf(text, sizeof text, "%.*s", (int)token.len, (const char *)token.ptr);
    if (strncmp(text, c->package->name, strlen(c->package->name)) != 0 ||
        sscanf(text + strlen(c->package->name), " %u of %u", &leg, &legs) != 2 || leg != c->leg)
        return ERR_MALFORMED;
    if (!c->initiator && leg == 0 && (legs == 0 || legs > 3))
        return ERR_MALFORMED;
    if (!c->initiator && leg == 0)
        c->legs = legs;
    c->leg++;
    return legs == c->legs ? ERR_OK : ERR_MALFORMED;
}

static enum err step(struct fake_context *c, const struct leg_in *in, struct leg_out *out)
{
    char text[40];
    enum err e = ERR_OK;

    if (!c)
        return ERR_NO_MEMORY;
    if (c->done)
        return ERR_UNEXPECTED;
    if (!c->initiator || c->leg)
        e = expect_token(c, in->token);
    if (!e && c->leg < c->legs) {
        snprintf(text, sizeof text, "%s %u of %u", c->package->name, c->leg++, c->legs);
        e = buf_copy(bytes_of_text(text), &out->token);
    }
    c->done = out->done = c->leg >= c->legs;
    out->flags = c->flags;
    return e;
}

static enum err initiate_kerberos(void **context, void *credential, const struct leg_in *in,
                                  struct leg_out *out)
{
    (void)credential;
    if (fake_faults.first_leg && !*context)
        return fake_faults.first_leg;
    return step(context_of(context, &fake_kerberos, true, in), in, out);
}

static enum err accept_kerberos(void **context, void *credential, const struct leg_in *in,
                                struct leg_out *out)
{
    (void)credential;
    if (fake_faults.accept) {
        enum err e = buf_copy(bytes_of_text("KRB-ERROR"), &out->token);

        return e ? e : fake_faults.accept;
    }
    return step(context_of(context, &fake_kerberos, false, in), in, out);
}

static enum err initiate_ntlm(void **context, void *credential, const struct leg_in *in,
                              struct leg_out *out)
{
    (void)credential;
    return step(context_of(context, &fake_ntlm, true, in), in, out);
}

static enum err accept_ntlm(void **context, void *credential, const struct leg_in *in,
                            struct leg_out *out)
{
    (void)credential;
    return step(context_of(context, &fake_ntlm, false, in), in, out);
}

static void context_free(void *context)
{
    if (context)
        fake_alive--;
    mem_free(context);
}

static void context_query(void *context, struct context_info *ret)
{
    struct fake_context *c = context;

    *ret = (struct context_info){ .package = c->package,
                                  .flags = c->flags,
                                  .sizes = { .max_signature = FAKE_SIGNATURE } };
}

static enum err delegated(void *context, const struct package **ret_package, void **ret_credential)
{
    struct fake_context *c = context;

    *ret_package = c->package;
    return c->flags & CONTEXT_DELEGATE ? acquire_any(ret_credential) : ERR_NO_IMPERSONATION;
}

/* "dir number checksum", 12 bytes, over every segment but the token. */
static void checksum(const struct fake_context *c, bool from_initiator, uint32_t number,
                     const struct message *m, uint8_t to[FAKE_SIGNATURE])
{
    uint32_t sum = 2166136261U ^ (uint32_t)c->package->name[0] ^ number ^ from_initiator;
    uint32_t words[3];
    size_t i, k;

    for (i = 0; i < m->count; i++)
        for (k = 0; m->seg[i].kind == SEGMENT_DATA && k < m->seg[i].len; k++)
            sum = (sum ^ m->seg[i].ptr[k]) * 16777619U;
    words[0] = from_initiator;
    words[1] = number;
    words[2] = sum;
    memcpy(to, words, FAKE_SIGNATURE);
}

static struct segment *token_of(struct message *m)
{
    size_t i;

    for (i = 0; i < m->count; i++)
        if (m->seg[i].kind == SEGMENT_TOKEN)
            return &m->seg[i];
    return NULL;
}

static enum err sign(void *context, uint32_t qop, struct message *m)
{
    struct fake_context *c = context;
    struct segment *token = token_of(m);

    (void)qop;
    if (!token || token->len < FAKE_SIGNATURE)
        return ERR_BUFFER_TOO_SMALL;
    checksum(c, c->initiator, c->sent++, m, token->ptr);
    token->len = FAKE_SIGNATURE;
    return ERR_OK;
}

static enum err verify(void *context, struct message *m, uint32_t *ret_qop)
{
    struct fake_context *c = context;
    struct segment *token = token_of(m);
    uint8_t want[FAKE_SIGNATURE];

    checksum(c, !c->initiator, c->received, m, want);
    if (!token || token->len != FAKE_SIGNATURE || memcmp(token->ptr, want, sizeof want) != 0)
        return ERR_ALTERED;
    c->received++;
    *ret_qop = 0;
    return ERR_OK;
}

static void sign_many(void *context, uint32_t qop, struct message *m, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        m[i].err = sign(context, qop, &m[i]);
}

static void verify_many(void *context, struct message *m, size_t n)
{
    uint32_t qop = 0;
    size_t i;

    for (i = 0; i < n; i++)
        m[i].err = verify(context, &m[i], &qop);
}

#define FAKE_PACKAGE(which, text)                                                                  \
    const struct package fake_##which = {                                                          \
        .name = text,                                                                              \
        .comment = "for tests",                                                                    \
        .acquire = acquire_##which,                                                                \
        .credential_query = credential_query,                                                      \
        .credential_free = credential_free,                                                        \
        .initiate = initiate_##which,                                                              \
        .accept = accept_##which,                                                                  \
        .context_free = context_free,                                                              \
        .context_query = context_query,                                                            \
        .delegated = delegated,                                                                    \
        .sign = sign,                                                                              \
        .verify = verify,                                                                          \
        .seal = sign,                                                                              \
        .unseal = verify,                                                                          \
        .seal_many = sign_many,                                                                    \
        .unseal_many = verify_many,                                                                \
    }

FAKE_PACKAGE(kerberos, "Kerberos");
FAKE_PACKAGE(ntlm, "NTLM");
