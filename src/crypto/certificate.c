/* SPDX-License-Identifier: Apache-2.0
 * certificate.c - what a channel binding takes of a server's certificate.  RFC 5929 4.1
 */
#include "crypto/certificate.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/detail.h"

static const EVP_MD *binding_hash(const X509 *cert)
{
    const EVP_MD *md = NULL;
    int hash = NID_undef;

    if (OBJ_find_sigid_algs(X509_get_signature_nid(cert), &hash, NULL) && hash != NID_md5 &&
        hash != NID_sha1 && hash != NID_undef)
        md = EVP_get_digestbynid(hash);
    return md ? md : EVP_sha256();
}

enum err certificate_binding(struct bytes der, struct buf *ret)
{
    const unsigned char *p = der.ptr;
    struct buf hash = { 0 };
    unsigned n = 0;
    X509 *cert = der.len <= LONG_MAX ? d2i_X509(NULL, &p, (long)der.len) : NULL;
    enum err e;

    if (!cert)
        return detail_fail(ERR_MALFORMED, "a certificate of %zu bytes is not understood", der.len);
    e = buf_new(EVP_MAX_MD_SIZE, &hash);
    if (!e && !EVP_Digest(der.ptr, der.len, hash.ptr, &n, binding_hash(cert), NULL))
        e = detail_fail(ERR_INTERNAL, "hashing a certificate failed");
    X509_free(cert);
    hash.len = n;
    if (e)
        buf_free(&hash);
    else
        *ret = hash;
    return e;
}
