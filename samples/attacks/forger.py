#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# forger.py - somebody who has the queue manager's disk.
#
#   forger.py DATABASE
#
# Turns one bit of the newest message that waits, and computes the store's checksums anew, as
# anybody can: they find damage, and stop nobody who means it. Prints "altered" once it did.
import sqlite3
import struct
import sys

MASK = (1 << 64) - 1
NUMBERS = ("seq queue origin due file size put body_sum attempts reason sender_order priority journal"
           " acknowledge created reach_by expires hold").split()
TAG = 16  # at the end of a message, behind its body


def rotated(x, n):
    return (x << n | x >> (64 - n)) & MASK


def siphash(data, key=b"countersign-mqd\0"):
    k = struct.unpack("<2Q", key)
    v = [k[0] ^ 0x736f6d6570736575, k[1] ^ 0x646f72616e646f6d,
         k[0] ^ 0x6c7967656e657261, k[1] ^ 0x7465646279746573]

    def rounds(n):
        for _ in range(n):
            v[0] = (v[0] + v[1]) & MASK
            v[1] = rotated(v[1], 13) ^ v[0]
            v[0] = rotated(v[0], 32)
            v[2] = (v[2] + v[3]) & MASK
            v[3] = rotated(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & MASK
            v[3] = rotated(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & MASK
            v[1] = rotated(v[1], 17) ^ v[2]
            v[2] = rotated(v[2], 32)

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 0xff])
    for (word,) in struct.iter_unpack("<Q", padded):
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xff
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def signed(n):
    return n - (1 << 64) if n >> 63 else n


def row_sum(row):
    numbers = b"".join(struct.pack("<Q", row[n] & MASK) for n in NUMBERS)
    return siphash(numbers + row["id"] + row["interface"] + row["sender"].encode())


def main(path):
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    row = dict(db.execute("SELECT * FROM message WHERE file = 0 ORDER BY seq DESC LIMIT 1").fetchone())
    if row_sum(row) != row["sum"] & MASK or siphash(row["body"]) != row["body_sum"] & MASK:
        sys.exit("the checksums are computed in another way")
    body = bytearray(row["body"])
    at = len(body) - TAG - 1
    print("byte %d of %d  %02x becomes %02x, and the checksums are right again"
          % (at, len(body), body[at], body[at] ^ 1))
    body[at] ^= 1
    row["body_sum"] = siphash(bytes(body))
    db.execute("UPDATE message SET body = ?, body_sum = ?, sum = ? WHERE seq = ?",
               (bytes(body), signed(row["body_sum"]), signed(row_sum(row)), row["seq"]))
    db.commit()
    print("altered")


main(sys.argv[1])
