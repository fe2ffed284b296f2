/* SPDX-License-Identifier: Apache-2.0
 * account_entry.c - the bytes of mSMQSignCertificates.  [MS-MQMQ] 2.2.21, 2.2.22
 *   list:   0 CertificateCount 4 | entries, one behind the other
 *   entry:  0 Digest 16 | 16 Identifier 16 | 32 CertificateLength 4 | 36 Certificate
 */
#include "queue/account_entry.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/md5.h"

enum { ENTRY_HEAD = ACCOUNT_ENTRY_DIGEST + ACCOUNT_ENTRY_ID + 4 };

static enum err entries_new(size_t n, struct account_entries *ret)
{
    ret->count = 0;
    ret->entry = mem_array(n ? n : 1, sizeof *ret->entry);
    return ret->entry ? ERR_OK : ERR_NO_MEMORY;
}

static void entry_take(struct reader *r, struct account_entry *ret)
{
    reader_copy(r, ret->digest, sizeof ret->digest);
    reader_copy(r, ret->id, sizeof ret->id);
    ret->certificate = reader_take(r, reader_le32(r));
}

enum err account_entries_read(struct bytes value, struct account_entries *ret)
{
    struct reader r = reader_over(value);
    struct account_entries list = { 0 };
    uint32_t n = value.len ? reader_le32(&r) : 0;
    enum err e;

    if (value.len > ACCOUNT_ENTRIES_BYTES || n > ACCOUNT_ENTRIES_MAX)
        return detail_fail(ERR_TOO_LONG, "a list of %u certificates in %zu bytes", n, value.len);
    if (!r.err && n > reader_left(&r) / ENTRY_HEAD)
        reader_fail(&r, ERR_TRUNCATED);
    e = r.err ? r.err : entries_new(n, &list);
    if (e == ERR_NO_MEMORY)
        return e;
    while (!r.err && list.count < n)
        entry_take(&r, &list.entry[list.count++]);
    reader_end(&r);
    if (r.err) {
        account_entries_done(&list);
        return detail_fail(r.err, "a list of %u certificates in %zu bytes is broken at %zu", n,
                           value.len, r.pos);
    }
    *ret = list;
    return ERR_OK;
}

enum err account_entries_write(const struct account_entries *list, struct buf *ret)
{
    struct writer w = writer_new(ACCOUNT_ENTRIES_BYTES);
    const struct account_entry *e;
    size_t i;

    if (list->count > ACCOUNT_ENTRIES_MAX)
        writer_fail(&w, ERR_TOO_LONG);
    if (list->count)
        writer_len32(&w, list->count);
    for (i = 0; i < list->count; i++) {
        e = &list->entry[i];
        writer_bytes(&w, bytes_of(e->digest, sizeof e->digest));
        writer_bytes(&w, bytes_of(e->id, sizeof e->id));
        writer_len32(&w, e->certificate.len);
        writer_bytes(&w, e->certificate);
    }
    return writer_take(&w, ret);
}

void account_entries_done(struct account_entries *list)
{
    mem_free(list->entry);
    *list = (struct account_entries){ 0 };
}

void account_entry_make(struct bytes certificate, const uint8_t id[ACCOUNT_ENTRY_ID],
                        struct account_entry *ret)
{
    crypto_md5(&certificate, 1, ret->digest);
    memcpy(ret->id, id, ACCOUNT_ENTRY_ID);
    ret->certificate = certificate;
}

bool account_entry_is_whole(const struct account_entry *e)
{
    uint8_t digest[CRYPTO_MD5];

    crypto_md5(&e->certificate, 1, digest);
    return memcmp(digest, e->digest, sizeof digest) == 0;
}

enum err account_entries_change(const struct account_entries *list,
                                bool (*leaves)(const struct account_entry *e, void *arg), void *arg,
                                const struct account_entry *more, size_t n,
                                struct account_entries *ret)
{
    struct account_entries next = { 0 };
    size_t i;
    enum err e = entries_new(list->count + n, &next);

    if (e)
        return e;
    for (i = 0; i < list->count; i++)
        if (!leaves || !leaves(&list->entry[i], arg))
            next.entry[next.count++] = list->entry[i];
    for (i = 0; i < n; i++)
        next.entry[next.count++] = more[i];
    *ret = next;
    return ERR_OK;
}
