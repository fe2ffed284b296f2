/* SPDX-License-Identifier: Apache-2.0
 * mit_ends.h - the credentials and ends that all tests of contexts beside MIT's KDC start from.
 */
#pragma once

#include "exchange.h"

#define SERVICE "test/hosta"
#define EVERY (CONTEXT_REPLAY | CONTEXT_SEQUENCE | CONTEXT_INTEGRITY | CONTEXT_CONFIDENTIALITY)

/* Of ours; a group of tests has them from acquire_both to free_both. */
extern void *client, *service;
struct acquire client_by_password(void);
int acquire_both(void **state);
int free_both(void **state);

/* An end of ours or of MIT's, towards SERVICE. */
struct end initiator(bool mit, uint32_t flags);
struct end acceptor(bool mit);
struct bindings channel(const char *text);

/* a initiates, b accepts. */
void expect_ok(struct end *a, struct end *b);
/* Expects the acceptor to refuse with this error, and hands its error token to the initiator. */
void expect_refusal(struct end *a, struct end *b, enum err at_acceptor, enum err at_initiator);
void expect_initiator_fails(struct end *a, enum err want);
