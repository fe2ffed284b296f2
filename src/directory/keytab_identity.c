/* SPDX-License-Identifier: Apache-2.0
 * keytab_identity.c - SEC_WINNT_AUTH_IDENTITY_EX2 with a packed keytab.
 *
 *   EX2 | user | domain | SEC_WINNT_AUTH_PACKED_CREDENTIALS | keytab     strings are UTF-16
 */
#include "directory/keytab_identity.h"

#include <countersign/sspi.h>
#include <stdio.h>

#include "base/detail.h"
#include "base/utf16.h"

enum { KEYTAB_MOST = 60000 }; /* its length has 16 bits */

static enum err load(const char *path, struct buf *ret)
{
    FILE *f;
    struct buf b = { 0 };
    enum err e = buf_new(KEYTAB_MOST, &b);

    if (e)
        return e;
    if (strncmp(path, "FILE:", 5) == 0)
        path += 5;
    f = fopen(path, "rbe");
    if (!f) {
        buf_free(&b);
        return detail_fail(ERR_NO_CREDENTIALS, "the keytab %s cannot be read", path);
    }
    setvbuf(f, NULL, _IONBF, 0); /* no copy of the keys in a buffer nobody wipes */
    b.len = fread(b.ptr, 1, KEYTAB_MOST, f);
    if (ferror(f) || b.len == 0 || b.len == KEYTAB_MOST)
        e = detail_fail(ERR_NO_CREDENTIALS, "the keytab %s is empty or larger than %d bytes", path,
                        KEYTAB_MOST);
    fclose(f);
    if (e)
        buf_free(&b);
    else
        *ret = b;
    return e;
}

static void put(struct buf b, size_t at, const void *what, size_t n)
{
    if (n)
        memcpy(b.ptr + at, what, n);
}

static enum err pack(struct bytes user, struct bytes domain, struct bytes keytab, struct buf *ret)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 id = { 0 };
    SEC_WINNT_AUTH_PACKED_CREDENTIALS packed = { 0 };
    size_t packed_len = sizeof packed + keytab.len;
    enum err e = buf_new(sizeof id + user.len + domain.len + packed_len + 8, ret);

    if (e)
        return e;
    id.Version = SEC_WINNT_AUTH_IDENTITY_VERSION_2;
    id.cbHeaderLength = sizeof id;
    id.cbStructureLength = (ULONG)ret->len;
    id.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    id.UserOffset = sizeof id;
    id.UserLength = (USHORT)user.len;
    id.DomainOffset = (ULONG)(id.UserOffset + user.len);
    id.DomainLength = (USHORT)domain.len;
    id.PackedCredentialsOffset = (ULONG)((id.DomainOffset + domain.len + 7) & ~(size_t)7);
    id.PackedCredentialsLength = (USHORT)packed_len;
    packed.cbHeaderLength = sizeof packed;
    packed.cbStructureLength = (USHORT)packed_len;
    packed.AuthData.CredType = SEC_WINNT_AUTH_DATA_TYPE_KEYTAB;
    packed.AuthData.CredData.ByteArrayOffset = sizeof packed;
    packed.AuthData.CredData.ByteArrayLength = (USHORT)keytab.len;
    put(*ret, 0, &id, sizeof id);
    put(*ret, id.UserOffset, user.ptr, user.len);
    put(*ret, id.DomainOffset, domain.ptr, domain.len);
    put(*ret, id.PackedCredentialsOffset, &packed, sizeof packed);
    put(*ret, id.PackedCredentialsOffset + sizeof packed, keytab.ptr, keytab.len);
    return ERR_OK;
}

enum err keytab_identity(const char *user, const char *domain, const char *path, struct buf *ret)
{
    struct buf keytab = { 0 }, user16 = { 0 }, domain16 = { 0 };
    enum err e = load(path, &keytab);

    if (!e)
        e = le16_from_utf8(user, &user16);
    if (!e && domain)
        e = le16_from_utf8(domain, &domain16);
    if (!e && (user16.len > 2000 || domain16.len > 2000))
        e = detail_fail(ERR_INVALID_PARAMETER, "a user's name of %zu bytes", user16.len);
    if (!e)
        e = pack(buf_view(user16), buf_view(domain16), buf_view(keytab), ret);
    buf_free(&keytab);
    buf_free(&user16);
    buf_free(&domain16);
    return e;
}
