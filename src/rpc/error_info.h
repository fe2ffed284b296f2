/* SPDX-License-Identifier: Apache-2.0
 * error_info.h - extended error information: a chain of records, the newest first, each telling
 * where an error passed.  [MS-EERR] 2.2
 *
 * In the order of the wire (type serialization version 1; pointers' referents where C706 14.3.12.3
 * puts them, so that Next's record stands before the strings of its own):
 *   ExtendedErrorInfo  max_count of Params 4 | Next 4 | ComputerName | ProcessID 4 | TimeStamp 8
 *                      GeneratingComponent 4 | Status 4 | DetectionLocation 2 | Flags 2 | nLen 2
 *                      Params[nLen]
 *   ComputerName       Type 2: 1 present, 2 not | the same 2 | nLength 2, pString 4, if present
 *   Param              Type 2 | the same 2 | strings and blobs: length 2, pointer 4; long 4;
 *                      short 2; pointer value 8; none: nothing
 */
#pragma once

#include <uchar.h>

#include "base/bytes.h"

enum {
    RPC_ERROR_PARAMS = 4,
    RPC_ERROR_RECORDS = 64,   /* of one chain */
    RPC_ERROR_TEXT = 1024,    /* units of a string that is taken over; longer ones become NONE */
    RPC_ERROR_FAULT = 1024,   /* octets of a chain in a fault, which everybody must take whole */
    RPC_ERROR_BLOB = 1 << 20, /* and of one that a program saves */
};

enum rpc_error_flag { RPC_ERROR_BEFORE_MISSING = 1, RPC_ERROR_AFTER_MISSING = 2 };

enum rpc_error_type { /* of a parameter */
                      RPC_ERROR_ANSI = 1,
                      RPC_ERROR_UNICODE = 2,
                      RPC_ERROR_LONG = 3,
                      RPC_ERROR_SHORT = 4,
                      RPC_ERROR_POINTER = 5,
                      RPC_ERROR_NONE = 6,
                      RPC_ERROR_BINARY = 7,
};

struct rpc_error_param {
    enum rpc_error_type type;
    int64_t number;  /* of a long, a short, a pointer value */
    void *data;      /* of strings and blobs; owned. Strings end with a zero */
    uint16_t length; /* of data, in chars, char16_ts or bytes; a string's zero counts */
};

struct rpc_error_record {
    struct rpc_error_record *next; /* its cause */
    char16_t *computer;            /* NULL: the last one named, or this one */
    uint32_t process;
    int64_t time; /* 100 ns since 1601, UTC */
    uint32_t component, status;
    uint16_t location, flags;
    size_t count;
    struct rpc_error_param param[RPC_ERROR_PARAMS];
};

/* A whole chain; *ret is NULL for an empty one. Any violation fails the whole.
 * ERR_MALFORMED, ERR_TRUNCATED, ERR_TOO_LONG, ERR_RPC_BOUND, ERR_UNSUPPORTED, ERR_NO_MEMORY */
MUST_CHECK enum err rpc_error_read(struct bytes blob, struct rpc_error_record **ret);
/* At most max octets: records are left out from the last but one towards the first, then strings
 * and names are. ERR_TOO_LONG where even that is too much. */
MUST_CHECK enum err rpc_error_write(const struct rpc_error_record *chain, size_t max,
                                    struct buf *ret);

MUST_CHECK enum err rpc_error_copy(const struct rpc_error_record *chain,
                                   struct rpc_error_record **ret);
void rpc_error_free(struct rpc_error_record *chain);

/* Copies data into the parameter; what is too long makes it NONE. */
MUST_CHECK enum err rpc_error_set(struct rpc_error_param *p, enum rpc_error_type type,
                                  const void *data, size_t length);
size_t rpc_error_count(const struct rpc_error_record *chain);
/* Takes the last record but one out, and flags its neighbours. */
void rpc_error_drop(struct rpc_error_record *chain);
