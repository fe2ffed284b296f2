/* SPDX-License-Identifier: Apache-2.0
 * manager.h - the routines of vectors.idl, and what they saw.
 */
#pragma once

#include <rpc.h>

extern LONG manager_seen;

/* Zeroed, of midl_user_allocate. */
void *manager_give(size_t size);
