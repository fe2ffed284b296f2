/* SPDX-License-Identifier: Apache-2.0
 * cslink.h - how our functions are named to the linker.
 *
 * Source sees the Windows name; the linker sees it with our prefix, so that one process may also
 * load libraries that export the same Windows names. (Not called link.h: our folder may stand on
 * the include path, and the system has a <link.h>.)
 */
#ifndef COUNTERSIGN_CSLINK_H
#define COUNTERSIGN_CSLINK_H

#define CS_EXPORT(name) __asm__("cs_" #name) __attribute__((visibility("default")))

#ifdef __cplusplus
#define CS_EXTERN_C_BEGIN extern "C" {
#define CS_EXTERN_C_END }
#else
#define CS_EXTERN_C_BEGIN
#define CS_EXTERN_C_END
#endif

#endif
