/* SPDX-License-Identifier: Apache-2.0
 * api_rnr.h - what the functions of nspapi.h share: codes, text of both forms, the caller's
 * buffer.
 */
#pragma once

#include <countersign/winsock2.h>

#include "base/bytes.h"
#include "base/uuid.h"
#include "directory/session.h"
#include "names/rnr_address.h"

/* Begins the record; WSANOTINITIALISED before WSAStartup, else 0. */
DWORD rnr_begin(const char *phase);
/* What WSAGetLastError is to say of an error. */
DWORD rnr_code(enum err e);
/* What a function returns: 0, or SOCKET_ERROR with the code set. */
INT rnr_end(DWORD code);

/* A session with the caller's own credentials. */
MUST_CHECK enum err rnr_session(struct session **ret);

/* The two forms of every structure here differ in what their text points to, in nothing else: a
 * door copies either into the W form and says which text it is. */
MUST_CHECK enum err rnr_text_in(LPCWSTR text, bool wide, char **ret);
struct uuid rnr_uuid_in(const GUID *id);

/* Whether it is about the directory; 0, or WSAEINVAL. No provider is any. */
DWORD rnr_provider_check(const GUID *provider, DWORD space, DWORD other_space);
extern const GUID rnr_provider;

MUST_CHECK enum err rnr_address_in(const CSADDR_INFO *from, const char *host,
                                   struct rnr_address *ret);
enum rnr_family rnr_family_in(int family);

/* The caller's buffer, filled from its begin. What does not fit only counts. */
struct rnr_room {
    uint8_t *base;
    size_t size, used;
    bool wide;
    enum err err; /* the first failure sticks */
};

/* Room for n bytes, and a copy of from in it; NULL where it does not fit. */
void *rnr_room_put(struct rnr_room *r, const void *from, size_t n);
LPWSTR rnr_room_text(struct rnr_room *r, const char *utf8);
LPCSADDR_INFO rnr_room_addresses(struct rnr_room *r, const struct rnr_address *a, size_t n,
                                 bool to_listen);
/* Writes the structure at the buffer's begin, for which room was put first; 0 or WSAEFAULT, with
 * *length set to what is needed. */
DWORD rnr_room_end(struct rnr_room *r, const void *structure, size_t n, DWORD *length);
