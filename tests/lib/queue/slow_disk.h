/* SPDX-License-Identifier: Apache-2.0
 * slow_disk.h - a disk that takes its time, of who is linked with this or has it preloaded
 * (LD_PRELOAD): who waits for the disk waits as long as there is the file that SLOW_DISK names, and
 * who writes as long as there is that file with ".writes" behind its name. With ".once" the next
 * wait fails, with ".twice" the one behind it, and with ".broken" each. With ".turns" the next wait
 * fails, and all that is written behind it.
 */
#pragma once

/* Of this process: each wait for the disk is as long as the test likes. Until slow_disk_end. */
void slow_disk_begin(void);
void slow_disk_hold(void);
void slow_disk_let_go(void);
void slow_disk_fail_once(void); /* the next wait fails */
void slow_disk_break(void);     /* and each wait fails */
void slow_disk_turn(void);      /* the next wait fails, and then nothing can be written */
void slow_disk_mend(void);
void slow_disk_end(void);
