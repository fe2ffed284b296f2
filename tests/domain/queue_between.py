#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# queue_between.py - what somebody sees who stands between programs and their queue manager, or
# looks into it, for domain/test_queue_secret.sh and domain/test_queue_session.sh; and who stands
# between a server and its KDC, for domain/test_queue_stale.sh.
#
#   queue_between.py relay FROM TO LOG [OLD NEW]
#                                          listens at FROM, a Unix socket's path or ADDRESS:PORT,
#                                          hands everything on to TO and back, and writes all of it
#                                          into LOG; prints "ready". OLD becomes NEW, which is as
#                                          long, wherever it is seen
#   queue_between.py memory PID WORD       exit status 0: the word is in the process's memory
import os
import select
import socket
import sys
import threading


def pump(a, b, log, old, new):
    ends = {a: b, b: a}
    while True:
        for s in select.select([a, b], [], [])[0]:
            data = s.recv(65536)
            if not data:
                a.shutdown(socket.SHUT_RDWR)
                b.shutdown(socket.SHUT_RDWR)
                return
            os.write(log, data)
            data = data.replace(old, new)
            ends[s].sendall(data)


def place(text):
    if text.startswith("/"):
        return socket.AF_UNIX, text
    host, port = text.split(":")
    return socket.AF_INET, (host, int(port))


def one(a, to, log, old, new):
    family, where = place(to)
    b = socket.socket(family)
    try:
        b.connect(where)
        pump(a, b, log, old, new)
    except OSError:
        pass
    a.close()
    b.close()


def relay(source, to, path, old="", new=""):
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    family, where = place(source)
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(where)
    if family == socket.AF_UNIX:
        os.chmod(source, 0o666)
    listener.listen()
    print("ready", flush=True)
    while True:
        threading.Thread(
            target=one,
            args=(listener.accept()[0], to, log, old.encode() or b"\0", new.encode() or b"\0"),
            daemon=True,
        ).start()


def memory(pid, word):
    with open("/proc/%s/maps" % pid) as maps, open("/proc/%s/mem" % pid, "rb", 0) as mem:
        for line in maps:
            where, rights = line.split()[:2]
            first, last = (int(x, 16) for x in where.split("-"))
            # [vvar], [vsyscall]; and the shadow of a sanitizer, which holds no data
            if "r" not in rights or "[v" in line or last - first > 1 << 32:
                continue
            try:
                mem.seek(first)
                if word.encode() in mem.read(last - first):
                    return True
            except OSError:
                continue
    return False


if sys.argv[1] == "relay":
    relay(*sys.argv[2:])
sys.exit(0 if memory(*sys.argv[2:]) else 1)
