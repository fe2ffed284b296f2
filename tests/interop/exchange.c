/* SPDX-License-Identifier: Apache-2.0
 * exchange.c - one end of a context, ours or MIT's.
 */
#include "exchange.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"

static const struct {
    uint32_t ours, gss;
} flag_rows[] = {
    { CONTEXT_DELEGATE, GSS_C_DELEG_FLAG },
    { CONTEXT_MUTUAL, GSS_C_MUTUAL_FLAG },
    { CONTEXT_REPLAY, GSS_C_REPLAY_FLAG },
    { CONTEXT_SEQUENCE, GSS_C_SEQUENCE_FLAG },
    { CONTEXT_CONFIDENTIALITY, GSS_C_CONF_FLAG },
    { CONTEXT_INTEGRITY, GSS_C_INTEG_FLAG },
    { CONTEXT_DCE_STYLE, GSS_C_DCE_STYLE },
    { CONTEXT_IDENTIFY, GSS_C_IDENTIFY_FLAG },
    { CONTEXT_EXTENDED_ERROR, GSS_C_EXTENDED_ERROR_FLAG },
};

static uint32_t to_gss(uint32_t flags)
{
    uint32_t gss = 0;
    size_t i;

    for (i = 0; i < sizeof flag_rows / sizeof flag_rows[0]; i++)
        gss |= flags & flag_rows[i].ours ? flag_rows[i].gss : 0;
    return gss;
}

static uint32_t from_gss(uint32_t gss)
{
    uint32_t flags = 0;
    size_t i;

    for (i = 0; i < sizeof flag_rows / sizeof flag_rows[0]; i++)
        flags |= gss & flag_rows[i].gss ? flag_rows[i].ours : 0;
    return flags;
}

enum err end_try_acquire(const struct acquire *a, void **ret)
{
    char *config = mem_strdup(getenv("KRB5_CONFIG"));
    enum err e;

    detail_begin("acquire");
    setenv("KRB5_CONFIG", "/nonexistent", 1);
    e = kerberos_package.acquire(a, NULL, ret);
    if (config)
        setenv("KRB5_CONFIG", config, 1);
    mem_free(config);
    return e;
}

void *end_acquire(const struct acquire *a)
{
    void *credential = NULL;
    enum err e = end_try_acquire(a, &credential);

    if (e)
        fail_msg("acquire: %s: %s (%s)", err_text(e), detail_get()->text, detail_get()->remedy);
    return credential;
}

static bool step_ours(struct end *e, struct buf *token)
{
    struct leg_in in = {
        .token = buf_view(*token), .target = e->target, .flags = e->asked, .bindings = e->bindings
    };
    struct leg_out out = { 0 };

    detail_begin(e->initiator ? "initiate" : "accept");
    e->err = (e->initiator ? kerberos_package.initiate
                           : kerberos_package.accept)(&e->ours, e->credential, &in, &out);
    e->done = !e->err && out.done;
    e->flags = out.flags;
    buf_free(token);
    *token = out.token;
    return !e->err;
}

static gss_channel_bindings_t gss_bindings(const struct bindings *b,
                                           struct gss_channel_bindings_struct *to)
{
    if (!b->present)
        return GSS_C_NO_CHANNEL_BINDINGS;
    *to = (struct gss_channel_bindings_struct){ 0 };
    to->initiator_addrtype = b->initiator_type;
    to->acceptor_addrtype = b->acceptor_type;
    to->application_data.length = b->application.len;
    to->application_data.value = (void *)(uintptr_t)b->application.ptr;
    return to;
}

static bool step_mit(struct end *e, struct buf *token)
{
    gss_buffer_desc in = { token->len, token->ptr }, out = GSS_C_EMPTY_BUFFER;
    gss_buffer_desc name = { e->target ? strlen(e->target) : 0, (void *)(uintptr_t)e->target };
    struct gss_channel_bindings_struct bindings;
    gss_name_t target = GSS_C_NO_NAME;
    OM_uint32 ignored, flags = 0;

    if (e->initiator) {
        e->major = gss_import_name(&e->minor, &name, GSS_KRB5_NT_PRINCIPAL_NAME, &target);
        if (!GSS_ERROR(e->major))
            e->major = gss_init_sec_context(&e->minor, GSS_C_NO_CREDENTIAL, &e->theirs, target,
                                            (gss_OID)(uintptr_t)gss_mech_krb5, to_gss(e->asked), 0,
                                            gss_bindings(&e->bindings, &bindings), &in, NULL, &out,
                                            &flags, NULL);
        gss_release_name(&ignored, &target);
    } else {
        e->major = gss_accept_sec_context(&e->minor, &e->theirs, GSS_C_NO_CREDENTIAL, &in,
                                          gss_bindings(&e->bindings, &bindings), NULL, NULL, &out,
                                          &flags, NULL, &e->delegated);
    }
    e->err = GSS_ERROR(e->major) ? ERR_INTERNAL : ERR_OK;
    e->done = e->major == GSS_S_COMPLETE;
    e->flags = from_gss(flags);
    buf_free(token);
    if (out.length)
        assert_int_equal(buf_copy(bytes_of(out.value, out.length), token), ERR_OK);
    gss_release_buffer(&ignored, &out);
    return !e->err;
}

bool end_step(struct end *e, struct buf *token)
{
    return e->mit ? step_mit(e, token) : step_ours(e, token);
}

bool end_exchange(struct end *initiator, struct end *acceptor)
{
    struct buf token = { 0 };
    struct end *turn = initiator;
    bool ok = true;

    while (ok && !(initiator->done && acceptor->done)) {
        ok = end_step(turn, &token);
        turn = turn == initiator ? acceptor : initiator;
    }
    buf_free(&token);
    return ok;
}

enum { TEXT = 48, TOKEN = 256, PADDING = 16 };

struct parcel {
    uint8_t text[TEXT], room[TOKEN], padding[PADDING];
    struct segment seg[3]; /* token, text, padding: RC4 wants some where it seals */
};

static void say_ours(struct end *e, bool seal, struct parcel *p)
{
    struct message m = { .seg = p->seg, .count = seal ? 3 : 2 };
    enum err err = (seal ? kerberos_package.seal : kerberos_package.sign)(e->ours, 0, &m);

    if (err)
        fail_msg("%s: %s: %s", seal ? "seal" : "sign", err_text(err), detail_get()->text);
}

static void hear_ours(struct end *e, bool seal, struct parcel *p)
{
    struct message m = { .seg = p->seg, .count = seal ? 3 : 2 };
    uint32_t qop = 0;
    enum err err = (seal ? kerberos_package.unseal : kerberos_package.verify)(e->ours, &m, &qop);

    if (err)
        fail_msg("%s: %s: %s", seal ? "unseal" : "verify", err_text(err), detail_get()->text);
}

/* MIT's two message forms that lie in place as ours do: a MIC beside the text, an IOV wrap. */
static void say_mit(struct end *e, bool seal, struct parcel *p)
{
    struct segment *token = &p->seg[0];
    gss_iov_buffer_desc iov[3] = {
        { .type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE },
        { .type = GSS_IOV_BUFFER_TYPE_DATA, .buffer = { TEXT, p->text } },
        { .type = GSS_IOV_BUFFER_TYPE_TRAILER | GSS_IOV_BUFFER_FLAG_ALLOCATE }
    };
    gss_buffer_desc plain = { TEXT, p->text }, mic = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;

    if (!seal) {
        assert_int_equal(gss_get_mic(&minor, e->theirs, 0, &plain, &mic), GSS_S_COMPLETE);
        token->len = mic.length;
        memcpy(token->ptr, mic.value, mic.length);
        gss_release_buffer(&minor, &mic);
        return;
    }
    /* In DCE style there is no trailer: all is in the header. */
    assert_int_equal(
        gss_wrap_iov(&minor, e->theirs, 1, 0, NULL, iov, e->flags & CONTEXT_DCE_STYLE ? 2 : 3),
        GSS_S_COMPLETE);
    token->len = iov[0].buffer.length + iov[2].buffer.length;
    memcpy(token->ptr, iov[0].buffer.value, iov[0].buffer.length);
    if (iov[2].buffer.length)
        memcpy(token->ptr + iov[0].buffer.length, iov[2].buffer.value, iov[2].buffer.length);
    gss_release_iov_buffer(&minor, iov, 3);
}

static void hear_mit(struct end *e, bool seal, struct parcel *p)
{
    struct segment *token = &p->seg[0];
    gss_iov_buffer_desc iov[2] = {
        { .type = GSS_IOV_BUFFER_TYPE_HEADER, .buffer = { token->len, token->ptr } },
        { .type = GSS_IOV_BUFFER_TYPE_DATA, .buffer = { TEXT, p->text } }
    };
    gss_buffer_desc plain = { TEXT, p->text }, mic = { token->len, token->ptr };
    OM_uint32 minor;

    if (!seal)
        assert_int_equal(gss_verify_mic(&minor, e->theirs, &plain, &mic, NULL), GSS_S_COMPLETE);
    else
        assert_int_equal(gss_unwrap_iov(&minor, e->theirs, NULL, NULL, iov, 2), GSS_S_COMPLETE);
}

static void one_message(struct end *from, struct end *to, bool seal)
{
    static const char said[TEXT] = "what is said here arrives there, and unchanged.";
    struct parcel p = { 0 };

    memcpy(p.text, said, TEXT);
    p.seg[0] = (struct segment){ p.room, TOKEN, SEGMENT_TOKEN, SEGMENT_NORMAL };
    p.seg[1] = (struct segment){ p.text, TEXT, SEGMENT_DATA, SEGMENT_NORMAL };
    p.seg[2] = (struct segment){ p.padding, PADDING, SEGMENT_PADDING, SEGMENT_NORMAL };
    (from->mit ? say_mit : say_ours)(from, seal, &p);
    if (seal)
        assert_memory_not_equal(p.text, said, TEXT);
    (to->mit ? hear_mit : hear_ours)(to, seal, &p);
    assert_memory_equal(p.text, said, TEXT);
}

void end_talk(struct end *a, struct end *b)
{
    /* A wrap of MIT's outside DCE style keeps its checksum in a trailer, unrotated: that layout is
     * what tests/interop/mit_messages.c is about. */
    bool seal = (!a->mit && !b->mit) || (a->flags & b->flags & CONTEXT_DCE_STYLE);
    int round;

    for (round = 0; round < 3; round++) {
        one_message(a, b, false);
        one_message(b, a, false);
        if (seal) {
            one_message(a, b, true);
            one_message(b, a, true);
        }
    }
}

void end_close(struct end *e)
{
    OM_uint32 ignored;

    kerberos_package.context_free(e->ours);
    if (e->theirs)
        gss_delete_sec_context(&ignored, &e->theirs, GSS_C_NO_BUFFER);
    if (e->delegated)
        gss_release_cred(&ignored, &e->delegated);
    e->ours = NULL;
}
