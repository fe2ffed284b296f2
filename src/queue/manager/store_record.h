/* SPDX-License-Identifier: Apache-2.0
 * store_record.h - a message as a row of the database, and its checksums.
 *
 * body_sum is over the body, sum over everything else and body_sum: SipHash-2-4 under a constant
 * key, 64 bits. They find damage, of which one in 2^64 would pass; who wants to forge a row can
 * compute them, and finds the envelope, whose matter that is. A message that is moved gets a new
 * sum without its body being read.
 */
#pragma once

#include "queue/manager/store.h"
#include "queue/manager/store_sql.h"

struct record {
    uint64_t number, due, file, size, put;
    uint64_t body_sum, not_before;
    uint64_t hold;     /* number of the message in whose transaction it was put; 0: none */
    int64_t kind, who; /* hashes of interface (0 in the store's own queues, and of what is held)
                          and sender */
    uint32_t queue, origin, attempts, reason;
    bool miscounted; /* its attempts failed their checksum: none are known but the row's own */
    struct store_message m; /* sender is the array, body is empty */
    char sender[STORE_SENDER_MAX + 1];
};

uint64_t record_hash(struct bytes b);
int64_t record_kind(const struct store_message *m);
/* Of a message that is put; its number, queue and due are given later. */
MUST_CHECK enum err record_of(const struct store_message *m, struct record *ret);
/* When it expires in such a queue. */
uint64_t record_due(const struct record *r, bool transit);

/* body: what goes into the row, empty where r->file is set. */
MUST_CHECK enum err record_insert(struct sql *sql, const struct record *r, struct bytes body);
/* ret_body NULL: not looked at. *ret_bad: a checksum is wrong, *ret is what the row says all the
 * same. A body that is a file is not read. ERR_NOT_FOUND: no such row. */
MUST_CHECK enum err record_read(struct sql *sql, uint64_t number, struct record *ret,
                                struct buf *ret_body, bool *ret_bad);
/* Deliveries begun, and when the next one may be. */
MUST_CHECK enum err record_charge(struct sql *sql, uint64_t number, uint64_t count,
                                  uint64_t not_before);
/* The row SQL_CHARGES stands on; false: its sum is wrong. */
bool record_charge_holds(sqlite3_stmt *st);
/* r as it is to be, under a number that is new. */
MUST_CHECK enum err record_renumber(struct sql *sql, uint64_t old, const struct record *r);
void record_entry(const struct record *r, struct buf body, struct store_entry *ret);

struct settings_row {
    uint32_t number;
    char name[STORE_NAME_MAX + 1];
    struct store_settings settings; /* attributes is the buf */
    struct buf attributes;
};

/* Both copies. */
MUST_CHECK enum err settings_write(struct sql *sql, uint32_t number, const char *name,
                                   const struct store_settings *settings);
MUST_CHECK enum err settings_drop(struct sql *sql, uint32_t number);
/* The row SQL_QUEUES stands on, from the copy whose sum is right. *ret_bad: a copy was not;
 * ERR_STORE_DAMAGED: neither was. */
MUST_CHECK enum err settings_read(sqlite3_stmt *st, struct settings_row *ret, bool *ret_bad);
