/* SPDX-License-Identifier: Apache-2.0
 * side.h - one side of an authenticated conversation, over the public API as a program sees it.
 *
 * For tests against peers and men in the middle: legs and messages as blocks of bytes, and the
 * frames of a 4-byte length they travel in.
 */
#pragma once

#include <countersign/sspi.h>

#include "base/bytes.h"

struct side {
    CredHandle cred;
    CtxtHandle ctx;
    bool has_cred, has_ctx, initiator, done;
    const char *target;                   /* initiator: the SPN */
    const char *user, *domain, *password; /* initiator: instead of the default ticket cache */
    ULONG flags;                          /* ISC_REQ_ or ASC_REQ_; memory is always ours */
    ULONG got;                            /* ISC_RET_ or ASC_RET_ */
};

/* Of the default ticket cache, or the default keytab. list: "Kerberos,!NTLM", or NULL. */
SECURITY_STATUS side_begin(struct side *s, const char *package, bool initiator, const char *list);
void side_end(struct side *s);

/* One leg; *ret is to be sent where it is not empty, after a failure too. done says the end. */
SECURITY_STATUS side_step(struct side *s, struct bytes in, struct buf *ret);

/* ret_signature is gss_get_mic's, a wrapped message gss_wrap's. */
SECURITY_STATUS side_sign(struct side *s, struct bytes msg, struct buf *ret_signature);
SECURITY_STATUS side_verify(struct side *s, struct bytes msg, struct bytes signature);
SECURITY_STATUS side_wrap(struct side *s, bool encrypt, struct bytes msg, struct buf *ret);
SECURITY_STATUS side_unwrap(struct side *s, struct bytes wrapped, struct buf *ret_msg,
                            bool *ret_encrypted);

/* The same with gss_wrap_iov's buffers: head and tail signed, data encrypted where it is, and the
 * token apart. side_unwrap_parts changes all it is given. */
struct side_parts {
    struct buf token, head, data, tail;
};
SECURITY_STATUS side_wrap_parts(struct side *s, struct side_parts *m);
SECURITY_STATUS side_unwrap_parts(struct side *s, struct side_parts *m);
void side_parts_free(struct side_parts *m);

/* The package that does the work, in a block of the caller's. */
SECURITY_STATUS side_package(struct side *s, char name[32]);

/* Sockets of the loopback; -1 on failure. Port 0: any; *ret_port the one it is. */
int side_listen(unsigned port, unsigned *ret_port);
int side_connect(const char *host, unsigned port);
bool side_send(int sock, struct bytes frame);
bool side_receive(int sock, struct buf *ret_frame);

/* The legs until this side is done; sends what a failure leaves to be sent.
 * SEC_E_INCOMPLETE_MESSAGE when the peer hung up. */
SECURITY_STATUS side_talk(struct side *s, int sock);
