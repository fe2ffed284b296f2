/* SPDX-License-Identifier: Apache-2.0
 * hostile_raw.c - a client that sends what it likes.
 */
#include "domain/hostile_raw.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 60000, PDU_MOST = 65535 };

const struct rpc_syntax raw_hostile = {
    { 0x3b0d8e61, 0x94c7, 0x4a5f, { 0x8f, 0x21, 0x5d, 0x7c, 0x2a, 0x90, 0xe4, 0x16 } }, 1, 0
};
const struct rpc_syntax raw_mgmt = {
    { 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } }, 1, 0
};
const struct bytes raw_add_stub = { (const uint8_t[]){ 0xe8, 3, 0, 0, 234, 0, 0, 0 }, 8 };

/* ---- open and close ---- */

static void acquire(struct raw *c, const struct hostile_as *as)
{
    const CS_CREDENTIAL_OPTIONS o = { .size = sizeof o,
                                      .use = SECPKG_CRED_OUTBOUND,
                                      .package = "Kerberos",
                                      .user = as->user,
                                      .password = as->password,
                                      .realm = unit_env("REALM"),
                                      .kdc = unit_env("DC_ADDRESS") };

    assert_int_equal(CsAcquireCredentials(&o, &c->credential, NULL), SEC_E_OK);
    c->has_credential = true;
}

void raw_open(struct raw *c, const struct hostile_as *as)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)hostile_port()),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1;

    memset(c, 0, sizeof *c);
    c->call_id = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(c->fd, (void *)&to, sizeof to), 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (as && as->user)
        acquire(c, as);
}

void raw_close(struct raw *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    rpc_securities_done(&c->securities);
    if (c->has_credential)
        FreeCredentialsHandle(&c->credential);
    c->has_credential = false;
}

/* ---- sending ---- */

/* The server may have closed it already: that shows in what comes back. */
void raw_send(struct raw *c, struct bytes b)
{
    while (b.len) {
        ssize_t n = send(c->fd, b.ptr, b.len, MSG_NOSIGNAL);

        if (n <= 0)
            return;
        b = bytes_of(b.ptr + n, b.len - (size_t)n);
    }
}

void raw_send_adopt(struct raw *c, struct buf b)
{
    raw_send(c, buf_view(b));
    buf_free(&b);
}

struct buf raw_bind_build(struct raw *c, const struct raw_bind *how)
{
    const struct rpc_bind b = { .max_send = 5840, .max_receive = 5840, .group = how->group };
    struct writer w = writer_new(PDU_MOST);
    struct rpc_offer own;
    struct buf r;

    rpc_negotiate_offer(RAW_CONTEXT, &raw_hostile, NDR_20, &own);
    rpc_pdu_begin(&w, how->type, RPC_FIRST | RPC_LAST | how->flags, c->call_id++);
    rpc_bind_write(&w, &b, how->offers ? how->offers : &own, how->offers ? how->count : 1);
    rpc_pdu_end(&w, how->auth);
    assert_int_equal(writer_take(&w, &r), ERR_OK);
    return r;
}

struct rpc_security *raw_context(struct raw *c, uint32_t id, uint8_t level)
{
    const struct rpc_security_client how = { .credential = &c->credential,
                                             .target = unit_env("SERVICE_SPN"),
                                             .type = RPC_AUTH_KERBEROS,
                                             .level = level,
                                             .context_id = id,
                                             .flags = ISC_REQ_MUTUAL_AUTH };
    struct rpc_security *s = NULL;

    assert_int_equal(rpc_security_new_client(&how, &s), ERR_OK);
    assert_int_equal(rpc_securities_add_adopt(&c->securities, s), ERR_OK);
    return s;
}

void raw_prove_begin(struct raw *c, struct raw_bind *how, struct rpc_security *s)
{
    struct buf token = { 0 };
    enum rpc_leg leg;
    struct rpc_auth auth;

    assert_int_equal(rpc_security_step(s, bytes_of(NULL, 0), &token, &leg), ERR_OK);
    auth = rpc_security_auth(s, buf_view(token));
    how->auth = &auth;
    raw_send_adopt(c, raw_bind_build(c, how));
    how->auth = NULL;
    buf_free(&token);
}

void raw_prove(struct raw *c, struct raw_bind *how, struct rpc_security *s)
{
    struct writer w = writer_new(PDU_MOST);
    struct buf token = { 0 }, pdu;
    struct rpc_bind_ack ack;
    struct rpc_auth auth;
    enum rpc_leg leg;

    raw_prove_begin(c, how, s);
    assert_int_equal(raw_next(c, PATIENCE), how->type == RPC_BIND ? RPC_BIND_ACK : RPC_ALTER_ACK);
    assert_true(c->pdu.has_auth);
    assert_int_equal(rpc_bind_ack_read(&c->pdu, &ack), ERR_OK);
    c->group = ack.group;
    rpc_securities_decide(&c->securities, c->pdu.header.flags);
    assert_int_equal(rpc_security_step(s, c->pdu.auth.value, &token, &leg), ERR_OK);
    assert_int_equal(leg, RPC_LEG_AUTH3);
    assert_true(s->done);
    auth = rpc_security_auth(s, buf_view(token));
    rpc_pdu_begin(&w, RPC_AUTH3, RPC_FIRST | RPC_LAST, c->call_id - 1);
    rpc_auth3_write(&w);
    rpc_pdu_end(&w, &auth);
    assert_int_equal(writer_take(&w, &pdu), ERR_OK);
    raw_send_adopt(c, pdu);
    buf_free(&token);
}

struct rpc_security *raw_bound(struct raw *c, uint8_t level, uint8_t flags, uint32_t group)
{
    struct raw_bind how = { .type = RPC_BIND, .flags = flags, .group = group };
    struct rpc_security *s = NULL;
    struct rpc_bind_ack ack;

    if (level > RPC_LEVEL_NONE) {
        s = raw_context(c, 1, level);
        raw_prove(c, &how, s);
        return s;
    }
    raw_send_adopt(c, raw_bind_build(c, &how));
    assert_int_equal(raw_next(c, PATIENCE), RPC_BIND_ACK);
    assert_int_equal(rpc_bind_ack_read(&c->pdu, &ack), ERR_OK);
    c->group = ack.group;
    return NULL;
}

/* Room for the signature at the end, and the signature in it. */
static void protect(const struct raw_fragment *f, size_t pad, struct buf b)
{
    size_t token = b.len - f->security->token_size;
    size_t trailer = token - RPC_SEC_TRAILER_SIZE;
    uint8_t *at = b.ptr;
    struct rpc_fragment parts = { .head = { at, RPC_CALL_HEADER_SIZE },
                                  .data = { at + RPC_CALL_HEADER_SIZE, f->stub.len },
                                  .pad = { at + trailer - pad, pad },
                                  .trailer = { at + trailer, RPC_SEC_TRAILER_SIZE },
                                  .token = { at + token, f->security->token_size } };

    assert_int_equal(rpc_security_protect(f->security, &parts, 1), ERR_OK);
}

struct buf raw_fragment_build(const struct raw_fragment *f)
{
    const struct rpc_request q = { .alloc_hint = (uint32_t)f->stub.len,
                                   .context_id = f->context,
                                   .opnum = f->opnum };
    size_t token = f->security ? f->security->token_size : 0;
    size_t pad = token ? (0 - f->stub.len) % RPC_PAD_ALIGN : 0;
    struct writer w = writer_new(PDU_MOST);
    struct buf b;

    rpc_pdu_begin(&w, RPC_REQUEST, f->flags, f->call_id);
    rpc_request_write(&w, &q);
    writer_bytes(&w, f->stub);
    if (token) {
        writer_zero(&w, pad);
        writer_u8(&w, f->security->type);
        writer_u8(&w, f->security->level);
        writer_u8(&w, (uint8_t)pad);
        writer_u8(&w, 0);
        writer_le32(&w, f->security->context_id);
        writer_zero(&w, token);
    }
    writer_fill_le32(&w, 8, (uint32_t)(w.len | token << 16));
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    if (token)
        protect(f, pad, b);
    return b;
}

void raw_fragment_send(struct raw *c, const struct raw_fragment *f)
{
    raw_send_adopt(c, raw_fragment_build(f));
}

void raw_bare_send(struct raw *c, enum rpc_type type, uint32_t call_id)
{
    struct writer w = writer_new(PDU_MOST);
    struct buf b;

    rpc_pdu_begin(&w, type, RPC_FIRST | RPC_LAST, call_id);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    raw_send_adopt(c, b);
}

void raw_call(struct raw *c, struct rpc_security *s, uint16_t opnum, struct bytes stub)
{
    const struct raw_fragment f = { .flags = RPC_FIRST | RPC_LAST,
                                    .call_id = c->call_id++,
                                    .context = RAW_CONTEXT,
                                    .opnum = opnum,
                                    .stub = stub,
                                    .security = s };

    raw_fragment_send(c, &f);
}

/* ---- receiving ---- */

/* n octets; 0 where they do not come in time, negative at the end. */
static int receive(struct raw *c, uint8_t *to, size_t n, unsigned milliseconds)
{
    struct pollfd p = { c->fd, POLLIN, 0 };

    while (n) {
        ssize_t got;

        if (poll(&p, 1, (int)milliseconds) <= 0)
            return 0;
        got = recv(c->fd, to, n, 0);
        if (got <= 0)
            return -1;
        to += got;
        n -= (size_t)got;
    }
    return 1;
}

int raw_next(struct raw *c, unsigned milliseconds)
{
    struct rpc_header h;
    int r = receive(c, c->in, RPC_HEADER_SIZE, milliseconds);

    if (r <= 0)
        return r ? RAW_CLOSED : RAW_SILENT;
    assert_int_equal(rpc_header_read(bytes_of(c->in, RPC_HEADER_SIZE), RPC_FRAGMENT_MAX, &h),
                     ERR_OK);
    if (receive(c, c->in + RPC_HEADER_SIZE, h.frag_length - RPC_HEADER_SIZE, milliseconds) <= 0)
        return RAW_CLOSED;
    assert_int_equal(rpc_pdu_read(bytes_of(c->in, h.frag_length), &h, &c->pdu), ERR_OK);
    return h.type;
}

struct bytes raw_response(struct raw *c, struct rpc_security *s)
{
    struct rpc_response r;
    int type = raw_next(c, PATIENCE);

    if (type != RPC_RESPONSE)
        fail_msg("a response was expected, PDU type %d came", type);
    assert_int_equal(rpc_response_read(&c->pdu, &r), ERR_OK);
    if (s && s->token_size) {
        uint8_t *at = c->in;
        size_t token = c->pdu.whole.len - c->pdu.auth.value.len;
        size_t trailer = token - RPC_SEC_TRAILER_SIZE, pad = trailer - c->pdu.auth.pad;
        struct rpc_fragment f = { .head = { at, RPC_CALL_HEADER_SIZE },
                                  .data = { at + RPC_CALL_HEADER_SIZE, r.stub.len },
                                  .pad = { at + pad, c->pdu.auth.pad },
                                  .trailer = { at + trailer, RPC_SEC_TRAILER_SIZE },
                                  .token = { at + token, c->pdu.auth.value.len } };

        assert_true(c->pdu.has_auth);
        assert_int_equal(rpc_security_unprotect(s, &f, 1), ERR_OK);
    }
    return r.stub;
}

void raw_fault(struct raw *c, uint32_t status)
{
    struct rpc_fault f;
    int type = raw_next(c, PATIENCE);

    if (type != RPC_FAULT)
        fail_msg("fault 0x%08x was expected, PDU type %d came", status, type);
    assert_int_equal(rpc_fault_read(&c->pdu, &f), ERR_OK);
    if (f.status != status)
        fail_msg("fault 0x%08x was expected, 0x%08x came", status, f.status);
}

void raw_closed(struct raw *c)
{
    int type = raw_next(c, PATIENCE);

    if (type != RAW_CLOSED)
        fail_msg("the end was expected, %d came", type);
}

void raw_refused(struct raw *c)
{
    struct rpc_fault f;
    int type = raw_next(c, PATIENCE);

    if (type != RPC_FAULT)
        fail_msg("a fault was expected, PDU type %d came", type);
    assert_int_equal(rpc_fault_read(&c->pdu, &f), ERR_OK);
    if (f.status != NCA_S_PROTO_ERROR && f.status != NCA_S_FAULT_ACCESS_DENIED &&
        f.status != (uint32_t)RPC_S_SEC_PKG_ERROR)
        fail_msg("fault 0x%08x came", f.status);
    raw_closed(c);
    raw_close(c);
}
