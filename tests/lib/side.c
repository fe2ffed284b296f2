/* SPDX-License-Identifier: Apache-2.0
 * side.c - one side of an authenticated conversation, over the public API.
 */
#include "lib/side.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/reader.h"
#include "base/writer.h"

enum { FRAME_MAX = 1 << 20 };

static bool failed(SECURITY_STATUS ss)
{
    return ss < 0;
}

/* The identity's strings are not const in the documented structure. */
static UCHAR *words_of(const char *text, char room[64], ULONG *ret_len)
{
    room[0] = '\0';
    strncat(room, text ? text : "", 63);
    *ret_len = (ULONG)strlen(room);
    return text ? (UCHAR *)room : NULL;
}

SECURITY_STATUS side_begin(struct side *s, const char *package, bool initiator, const char *list)
{
    SEC_WINNT_AUTH_IDENTITY_EXA id = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof id,
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };
    char room[4][64];
    SECURITY_STATUS ss;

    id.User = words_of(s->user, room[0], &id.UserLength);
    id.Domain = words_of(s->domain, room[1], &id.DomainLength);
    id.Password = words_of(s->password, room[2], &id.PasswordLength);
    id.PackageList = words_of(list, room[3], &id.PackageListLength);
    s->initiator = initiator;
    ss = AcquireCredentialsHandleA(NULL, package,
                                   initiator ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND, NULL,
                                   list || s->user ? &id : NULL, NULL, NULL, &s->cred, NULL);
    s->has_cred = !failed(ss);
    return ss;
}

void side_end(struct side *s)
{
    if (s->has_ctx)
        DeleteSecurityContext(&s->ctx);
    if (s->has_cred)
        FreeCredentialsHandle(&s->cred);
    s->has_ctx = s->has_cred = s->done = false;
}

static SecBufferDesc desc_of(SecBuffer *b, ULONG n)
{
    return (SecBufferDesc){ SECBUFFER_VERSION, n, b };
}

SECURITY_STATUS side_step(struct side *s, struct bytes in, struct buf *ret)
{
    SecBuffer inb = { (ULONG)in.len, SECBUFFER_TOKEN, (void *)in.ptr };
    SecBuffer outb = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc ind = desc_of(&inb, 1), outd = desc_of(&outb, 1);
    CtxtHandle *have = s->has_ctx ? &s->ctx : NULL;
    SECURITY_STATUS ss;

    if (s->initiator)
        ss = InitializeSecurityContextA(&s->cred, have, s->target,
                                        s->flags | ISC_REQ_ALLOCATE_MEMORY, 0, SECURITY_NATIVE_DREP,
                                        in.len ? &ind : NULL, 0, &s->ctx, &outd, &s->got, NULL);
    else
        ss = AcceptSecurityContext(&s->cred, have, &ind, s->flags | ASC_REQ_ALLOCATE_MEMORY,
                                   SECURITY_NATIVE_DREP, &s->ctx, &outd, &s->got, NULL);
    s->has_ctx = s->has_ctx || !failed(ss);
    s->done = ss == SEC_E_OK;
    if (outb.cbBuffer && buf_copy(bytes_of(outb.pvBuffer, outb.cbBuffer), ret))
        ss = SEC_E_INSUFFICIENT_MEMORY;
    if (outb.pvBuffer)
        FreeContextBuffer(outb.pvBuffer);
    return ss;
}

static SECURITY_STATUS sizes(struct side *s, SecPkgContext_Sizes *ret)
{
    return QueryContextAttributesA(&s->ctx, SECPKG_ATTR_SIZES, ret);
}

SECURITY_STATUS side_sign(struct side *s, struct bytes msg, struct buf *ret_signature)
{
    SecPkgContext_Sizes z = { 0 };
    SECURITY_STATUS ss = sizes(s, &z);
    struct buf sig = { 0 };
    SecBuffer b[2];
    SecBufferDesc d = desc_of(b, 2);

    if (failed(ss) || buf_new(z.cbMaxSignature, &sig))
        return failed(ss) ? ss : SEC_E_INSUFFICIENT_MEMORY;
    b[0] = (SecBuffer){ (ULONG)msg.len, SECBUFFER_DATA, (void *)msg.ptr };
    b[1] = (SecBuffer){ (ULONG)sig.len, SECBUFFER_TOKEN, sig.ptr };
    ss = MakeSignature(&s->ctx, 0, &d, 0);
    sig.len = b[1].cbBuffer;
    if (failed(ss))
        buf_free(&sig);
    else
        *ret_signature = sig;
    return ss;
}

SECURITY_STATUS side_verify(struct side *s, struct bytes msg, struct bytes signature)
{
    SecBuffer b[2] = { { (ULONG)msg.len, SECBUFFER_DATA, (void *)msg.ptr },
                       { (ULONG)signature.len, SECBUFFER_TOKEN, (void *)signature.ptr } };
    SecBufferDesc d = desc_of(b, 2);

    return VerifySignature(&s->ctx, &d, 0, NULL);
}

SECURITY_STATUS side_wrap(struct side *s, bool encrypt, struct bytes msg, struct buf *ret)
{
    SecPkgContext_Sizes z = { 0 };
    SECURITY_STATUS ss = sizes(s, &z);
    struct writer w = writer_new(FRAME_MAX);
    struct buf room = { 0 };
    SecBuffer b[3];
    SecBufferDesc d = desc_of(b, 3);

    if (failed(ss) || buf_new(z.cbSecurityTrailer + msg.len + z.cbBlockSize, &room))
        return failed(ss) ? ss : SEC_E_INSUFFICIENT_MEMORY;
    if (msg.len)
        memcpy(room.ptr + z.cbSecurityTrailer, msg.ptr, msg.len);
    b[0] = (SecBuffer){ z.cbSecurityTrailer, SECBUFFER_TOKEN, room.ptr };
    b[1] = (SecBuffer){ (ULONG)msg.len, SECBUFFER_DATA, room.ptr + z.cbSecurityTrailer };
    b[2] =
        (SecBuffer){ z.cbBlockSize, SECBUFFER_PADDING, room.ptr + z.cbSecurityTrailer + msg.len };
    ss = EncryptMessage(&s->ctx, encrypt ? 0 : SECQOP_WRAP_NO_ENCRYPT, &d, 0);
    for (int i = 0; !failed(ss) && i < 3; i++)
        writer_bytes(&w, bytes_of(b[i].pvBuffer, b[i].cbBuffer));
    if (!failed(ss) && writer_take(&w, ret))
        ss = SEC_E_INSUFFICIENT_MEMORY;
    buf_free(&room);
    return ss;
}

SECURITY_STATUS side_unwrap(struct side *s, struct bytes wrapped, struct buf *ret_msg,
                            bool *ret_encrypted)
{
    struct buf copy = { 0 };
    SecBuffer b[2];
    SecBufferDesc d = desc_of(b, 2);
    SECURITY_STATUS ss;
    ULONG qop = 0;

    if (buf_copy(wrapped, &copy))
        return SEC_E_INSUFFICIENT_MEMORY;
    b[0] = (SecBuffer){ (ULONG)copy.len, SECBUFFER_STREAM, copy.ptr };
    b[1] = (SecBuffer){ 0, SECBUFFER_DATA, NULL };
    ss = DecryptMessage(&s->ctx, &d, 0, &qop);
    if (!failed(ss) && buf_copy(bytes_of(b[1].pvBuffer, b[1].cbBuffer), ret_msg))
        ss = SEC_E_INSUFFICIENT_MEMORY;
    *ret_encrypted = qop != SECQOP_WRAP_NO_ENCRYPT;
    buf_free(&copy);
    return ss;
}

static void part_buffers(struct side_parts *m, SecBuffer b[4])
{
    const ULONG checked = SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM;

    b[0] = (SecBuffer){ (ULONG)m->token.len, SECBUFFER_TOKEN, m->token.ptr };
    b[1] = (SecBuffer){ (ULONG)m->head.len, checked, m->head.ptr };
    b[2] = (SecBuffer){ (ULONG)m->data.len, SECBUFFER_DATA, m->data.ptr };
    b[3] = (SecBuffer){ (ULONG)m->tail.len, checked, m->tail.ptr };
}

SECURITY_STATUS side_wrap_parts(struct side *s, struct side_parts *m)
{
    SecPkgContext_Sizes z = { 0 };
    SECURITY_STATUS ss = sizes(s, &z);
    SecBuffer b[4];
    SecBufferDesc d = desc_of(b, 4);

    if (failed(ss) || buf_new(z.cbSecurityTrailer, &m->token))
        return failed(ss) ? ss : SEC_E_INSUFFICIENT_MEMORY;
    part_buffers(m, b);
    ss = EncryptMessage(&s->ctx, 0, &d, 0);
    m->token.len = b[0].cbBuffer;
    return ss;
}

SECURITY_STATUS side_unwrap_parts(struct side *s, struct side_parts *m)
{
    SecBuffer b[4];
    SecBufferDesc d = desc_of(b, 4);

    part_buffers(m, b);
    return DecryptMessage(&s->ctx, &d, 0, NULL);
}

void side_parts_free(struct side_parts *m)
{
    buf_free(&m->token);
    buf_free(&m->head);
    buf_free(&m->data);
    buf_free(&m->tail);
}

SECURITY_STATUS side_package(struct side *s, char name[32])
{
    SecPkgContext_NegotiationInfoA info = { 0 };
    SECURITY_STATUS ss = QueryContextAttributesA(&s->ctx, SECPKG_ATTR_NEGOTIATION_INFO, &info);

    name[0] = '\0';
    if (failed(ss))
        return ss;
    strncat(name, info.PackageInfo->Name, 31);
    FreeContextBuffer(info.PackageInfo);
    return ss;
}

static int socket_to(const char *host, unsigned port, struct sockaddr_in *to)
{
    *to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, host, &to->sin_addr) != 1)
        return -1;
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int side_listen(unsigned port, unsigned *ret_port)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    int s = socket_to("127.0.0.1", port, &at);
    int on = 1;

    if (s < 0)
        return -1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(s, (void *)&at, sizeof at) || listen(s, 8) || getsockname(s, (void *)&at, &len)) {
        close(s);
        return -1;
    }
    *ret_port = ntohs(at.sin_port);
    return s;
}

int side_connect(const char *host, unsigned port)
{
    struct sockaddr_in to;
    int s = socket_to(host, port, &to);
    struct timeval patience = { .tv_sec = 20 };
    int on = 1;

    if (s < 0)
        return -1;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(s, (void *)&to, sizeof to)) {
        close(s);
        return -1;
    }
    return s;
}

static bool write_all(int sock, struct bytes b)
{
    while (b.len) {
        ssize_t n = send(sock, b.ptr, b.len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        b = bytes_of(b.ptr + n, b.len - (size_t)n);
    }
    return true;
}

static bool read_all(int sock, uint8_t *to, size_t n)
{
    while (n) {
        ssize_t got = recv(sock, to, n, 0);

        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
    }
    return true;
}

bool side_send(int sock, struct bytes frame)
{
    uint8_t header[4];
    struct writer w = writer_over(header, sizeof header);

    writer_be32(&w, (uint32_t)frame.len);
    return write_all(sock, bytes_of(header, sizeof header)) && write_all(sock, frame);
}

bool side_receive(int sock, struct buf *ret_frame)
{
    uint8_t header[4];
    struct buf frame = { 0 };
    struct reader r;
    uint32_t len;

    if (!read_all(sock, header, sizeof header))
        return false;
    r = reader_over(bytes_of(header, sizeof header));
    len = reader_be32(&r);
    if (len > FRAME_MAX || buf_new(len, &frame))
        return false;
    if (!read_all(sock, frame.ptr, len)) {
        buf_free(&frame);
        return false;
    }
    *ret_frame = frame;
    return true;
}

SECURITY_STATUS side_talk(struct side *s, int sock)
{
    struct buf in = { 0 }, out = { 0 };
    SECURITY_STATUS ss = SEC_I_CONTINUE_NEEDED;
    bool first = s->initiator;

    while (ss == SEC_I_CONTINUE_NEEDED) {
        if (!first && !side_receive(sock, &in))
            return SEC_E_INCOMPLETE_MESSAGE;
        first = false;
        ss = side_step(s, buf_view(in), &out);
        if (out.len && !side_send(sock, buf_view(out)) && !failed(ss))
            ss = SEC_E_INCOMPLETE_MESSAGE;
        buf_free(&in);
        buf_free(&out);
    }
    return ss;
}
