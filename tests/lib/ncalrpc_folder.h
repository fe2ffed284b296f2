/* SPDX-License-Identifier: Apache-2.0
 * ncalrpc_folder.h - a directory of its own for the sockets of a test's ncalrpc endpoints.
 */
#pragma once

/* Names one that is not there yet, in a directory of ours that everybody may look into; the path,
 * valid until removed. Once at a time. */
const char *ncalrpc_folder_make(void);
/* With all that is in it. Returns 0, as a teardown does. */
int ncalrpc_folder_remove(void);
