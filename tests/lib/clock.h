/* SPDX-License-Identifier: Apache-2.0
 * clock.h - a clock that is wrong: this process, libkrb5 included, sees the time plus an offset.
 */
#pragma once

/* Seconds; negative for the past. Whoever calls this links the clock. */
void clock_shift(long seconds);
