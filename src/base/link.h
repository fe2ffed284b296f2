/* SPDX-License-Identifier: Apache-2.0
 * link.h - link names of what countersign-base shares with our other libraries.
 *
 * Those functions are not API, yet they cross a shared-library boundary: the prefix keeps them
 * from meeting a symbol of the program's, the version COUNTERSIGN_PRIVATE from being relied on.
 */
#pragma once

/* Of errors: its callers' ways there are laid out apart from what is executed every time. */
#define SELDOM __attribute__((cold))
/* Of what a call executes, at either end: laid out side by side. A call is short beside the
 * kernel's part in it, and each page and line of code that it touches has to be fetched again after
 * that. */
#define OFTEN __attribute__((hot))

#define SHARED(name) __asm__("csp_" #name) __attribute__((visibility("default")))
