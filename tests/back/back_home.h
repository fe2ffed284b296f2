/* SPDX-License-Identifier: Apache-2.0
 * back_home.h - the routines of back.idl, of both sides in one process, and what is asked of them
 * over any binding.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include "back.h"

/* Whom the callbacks of this thread call in turn; NULL: nobody. */
extern _Thread_local RPC_BINDING_HANDLE back_binding;
/* What CallUse does. */
extern LONG (*back_use)(void);
/* What CallWait does. */
extern void (*back_wait)(void);

extern atomic_int back_waiting;   /* calls of BackWait under way */
extern atomic_int back_said;      /* what the last of them was told, -1 until then */
extern atomic_int back_maybe;     /* and BackMaybe */
extern atomic_int back_elsewhere; /* calls that another thread ran than the call they belong to */

/* Each fails the test where something is wrong. */
void back_adds(RPC_BINDING_HANDLE b);
void back_nests(RPC_BINDING_HANDLE b);
void back_brings_bytes(RPC_BINDING_HANDLE b);
void back_brings_lists(RPC_BINDING_HANDLE b);
void back_raises(RPC_BINDING_HANDLE b);
void back_all(RPC_BINDING_HANDLE b);
/* BackSum of 1 to n, or what it raised, negative. */
LONG back_sum(RPC_BINDING_HANDLE b, LONG n);
