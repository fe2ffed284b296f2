/* SPDX-License-Identifier: Apache-2.0
 * dns.c - names and replies of the Domain Name System.  RFC 1035 4.1, RFC 2782, RFC 3596
 *
 *   header: 0 ID 2 | 2 flags 2 | 4 QDCOUNT 2 | 6 ANCOUNT 2 | 8 NSCOUNT 2 | 10 ARCOUNT 2
 *   record: NAME | TYPE 2 | CLASS 2 | TTL 4 | RDLENGTH 2 | RDATA
 */
#include "base/dns.h"

#include <strings.h>

#include "base/host_name.h"

enum {
    CLASS_IN = 1,
    FLAG_REPLY = 0x8000,
    FLAG_TRUNCATED = 0x0200,
    MASK_RCODE = 0x000f,
    POINTER = 0xc0,
    SMALLEST_RECORD = 11,
};

static void label_read(struct reader *r, uint8_t len, char *name, size_t *used)
{
    struct bytes label = reader_take(r, len);
    size_t i;

    /* On the wire a name has a length before its first label and a zero at its end. */
    if (*used + (*used != 0) + label.len + 2 > DNS_NAME - 1)
        reader_fail(r, ERR_TOO_LONG);
    for (i = 0; i < label.len; i++)
        if (!host_name_has(label.ptr[i]))
            reader_fail(r, ERR_MALFORMED);
    if (r->err)
        return;
    if (*used)
        name[(*used)++] = '.';
    memcpy(name + *used, label.ptr, label.len);
    *used += label.len;
    name[*used] = '\0';
}

/* Each pointer must lead to before the place where its run of labels began: no circle is
 * possible, and no pointer forward. */
void dns_name_read(struct reader *r, struct bytes message, char ret_name[DNS_NAME])
{
    struct reader walk = *r;
    bool jumped = false;
    size_t used = 0;
    size_t start = r->pos;

    ret_name[0] = '\0';
    while (!walk.err) {
        uint8_t len = reader_u8(&walk);

        if (!walk.err && (len & POINTER) == POINTER) {
            size_t to = (size_t)(len & ~POINTER) << 8 | reader_u8(&walk);

            if (!walk.err && to >= start)
                reader_fail(&walk, ERR_MALFORMED);
            if (!jumped && !walk.err)
                r->pos = walk.pos;
            jumped = true;
            if (!walk.err) {
                walk = reader_over(message);
                walk.pos = start = to;
            }
        } else if (len > HOST_NAME_LABEL_MOST) {
            reader_fail(&walk, ERR_MALFORMED);
        } else if (len == 0) {
            break;
        } else {
            label_read(&walk, len, ret_name, &used);
        }
    }
    if (walk.err) {
        ret_name[0] = '\0';
        reader_fail(r, walk.err);
    } else if (!jumped) {
        r->pos = walk.pos;
    }
}

void dns_name_write(struct writer *w, const char *name)
{
    size_t total = 1;

    while (*name) {
        size_t n = strcspn(name, ".");

        total += n + 1;
        if (n == 0 || n > HOST_NAME_LABEL_MOST || total > 255) {
            writer_fail(w, ERR_MALFORMED);
            return;
        }
        writer_u8(w, (uint8_t)n);
        writer_bytes(w, bytes_of(name, n));
        name += n + (name[n] == '.');
    }
    writer_u8(w, 0);
}

static bool same_name(const char *a, const char *b)
{
    size_t la = strlen(a);
    size_t lb = strlen(b);

    la -= la && a[la - 1] == '.';
    lb -= lb && b[lb - 1] == '.';
    return la == lb && strncasecmp(a, b, la) == 0;
}

static void question_read(struct reader *r, struct bytes message, const char *name, uint16_t type)
{
    char asked[DNS_NAME];
    uint16_t asked_type, asked_class;

    dns_name_read(r, message, asked);
    asked_type = reader_be16(r);
    asked_class = reader_be16(r);
    if (!same_name(asked, name) || asked_type != type || asked_class != CLASS_IN)
        reader_fail(r, ERR_UNEXPECTED);
}

static void address_read(struct reader *r, size_t want, struct dns_record *ret)
{
    reader_copy(r, ret->address, want);
    reader_end(r);
}

/* Targets may be compressed by old servers, so the reader stands over the whole message. */
static void srv_read(struct reader *r, struct bytes message, struct dns_record *ret)
{
    ret->srv.priority = reader_be16(r);
    ret->srv.weight = reader_be16(r);
    ret->srv.port = reader_be16(r);
    dns_name_read(r, message, ret->srv.host);
}

/* One record of the answer section; alias is the name in force and moves along a CNAME. */
static void answer_read(struct reader *r, struct bytes message, uint16_t type, char alias[DNS_NAME],
                        struct dns_reply *ret)
{
    struct dns_record record = { 0 };
    char owner[DNS_NAME];
    uint16_t rtype, rclass, len;
    struct reader data = { 0 };
    bool ours = false;

    dns_name_read(r, message, owner);
    rtype = reader_be16(r);
    rclass = reader_be16(r);
    reader_take(r, 4);
    len = reader_be16(r);
    data = reader_over(bytes_of(message.ptr, r->err ? 0 : r->pos));
    reader_take(r, len);
    data.size += r->err ? 0 : len;
    data.pos = data.size - (r->err ? 0 : len);
    if (r->err || rclass != CLASS_IN || !same_name(owner, alias))
        return;
    if (rtype == DNS_CNAME) {
        dns_name_read(&data, message, alias);
    } else if (rtype == type) {
        ours = true;
        if (type == DNS_SRV)
            srv_read(&data, message, &record);
        else
            address_read(&data, type == DNS_A ? 4 : 16, &record);
    }
    if (ours || rtype == DNS_CNAME)
        reader_end(&data);
    reader_fail(r, data.err);
    if (ours && !r->err && ret->count < DNS_RECORDS)
        ret->records[ret->count++] = record;
}

enum err dns_reply_read(struct bytes message, const char *name, uint16_t type,
                        struct dns_reply *ret)
{
    struct reader r = reader_over(message);
    struct dns_reply reply = { 0 };
    char alias[DNS_NAME];
    unsigned flags, questions, answers;

    if (strlen(name) >= sizeof alias)
        return ERR_TOO_LONG;
    memcpy(alias, name, strlen(name) + 1);
    reader_take(&r, 2);
    flags = reader_be16(&r);
    questions = reader_be16(&r);
    answers = reader_be16(&r);
    reader_take(&r, 4);
    if (!(flags & FLAG_REPLY) || questions != 1)
        reader_fail(&r, ERR_UNEXPECTED);
    question_read(&r, message, name, type);
    if (flags & FLAG_TRUNCATED)
        reader_fail(&r, ERR_TRUNCATED);
    if (answers > reader_left(&r) / SMALLEST_RECORD)
        reader_fail(&r, ERR_TRUNCATED);
    reply.rcode = flags & MASK_RCODE;
    while (answers-- && !r.err)
        answer_read(&r, message, type, alias, &reply);
    if (!r.err)
        *ret = reply;
    return r.err;
}
