/* SPDX-License-Identifier: Apache-2.0
 * dns.h - names and replies of the Domain Name System, read and written.  RFC 1035 4.1
 */
#pragma once

#include "base/bytes.h"
#include "base/reader.h"
#include "base/writer.h"

enum { DNS_A = 1, DNS_CNAME = 5, DNS_AAAA = 28, DNS_SRV = 33 };

enum {
    DNS_NAME = 256,   /* 255 octets on the wire are at most 253 of text */
    DNS_RECORDS = 16, /* more answers than anybody tries one by one */
};

/* Answers that concern the name asked for, its aliases followed. */
struct dns_record {
    union {
        uint8_t address[16]; /* DNS_A: the first four */
        struct {
            char host[DNS_NAME]; /* no dot at the end; "" says: not offered here */
            uint16_t priority, weight, port;
        } srv;
    };
};

struct dns_reply {
    unsigned rcode;
    size_t count;
    struct dns_record records[DNS_RECORDS];
};

/* The name at the reader as text: letters, digits, '-' and '_' only, since it goes on to places
 * that compose names from it. base is the whole message, for compression. */
void dns_name_read(struct reader *r, struct bytes message, char ret_name[DNS_NAME])
    SHARED(dns_name_read);
/* Uncompressed; a dot at the end is allowed. ERR_MALFORMED for an empty or overlong label. */
void dns_name_write(struct writer *w, const char *name) SHARED(dns_name_write);

/* A reply to the question (name, type). ERR_UNEXPECTED when it answers another one. */
MUST_CHECK enum err dns_reply_read(struct bytes message, const char *name, uint16_t type,
                                   struct dns_reply *ret) SHARED(dns_reply_read);
