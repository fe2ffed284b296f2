#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Samba's black-box protocol tests (samba.tests.dcerpc.raw_protocol) against a server of ours.

    rpc_raw_protocol.py HOST PORT MAPPER-PORT TARGET LIST [misses]

TARGET is the host name whose Kerberos service "host" the server is. LIST has a line for each test
that is not simply run and expected to pass: "away NAME" (not run) or "miss NAME" (run, and expected
to fail), and says above each why. The exit status is 0 only if the misses are exactly those. With
"misses" those alone are run: it is Samba's own server, which must miss them as well.
What the tests need besides comes from the test domain's variables (tests/lib/domain.sh) and from
MAX_NUM_AUTH, the number of security contexts the server allows on a connection.

The tests were written for a server on port 135; what depends on that is replaced as they are read.
"""
import io
import os
import re
import signal
import sys
import types
import unittest

import samba.tests
import samba.tests.dcerpc

SECONDS = 90  # of one test; some wait a hundredth of a second seven hundred times

REPLACED = {
    'raw_testcase': [
        (r'self\.primary_address = "135"', 'self.primary_address = "{port}"'),
        # The endpoint mapper is at another port.
        (r'def epmap_reconnect\(self, abstract, transfer=None, object=None\):\n',
         'def epmap_reconnect(self, abstract, transfer=None, object=None):\n'
         '        self._disconnect("to the mapper")\n'
         '        self.primary_address = "{mapper}"\n'
         '        self.secondary_address = None\n'
         '        self.connect()\n'),
    ],
    'raw_protocol': [
        (r'self\.assertEqual\(rep\.u\.secondary_address_size, 4\)',
         'self.assertEqual(rep.u.secondary_address_size, len("{port}") + 1)'),
        (r'self\.assertPadding\(rep\.u\._pad1, 2\)',
         'self.assertPadding(rep.u._pad1, -(2 + rep.u.secondary_address_size) % 4)'),
        # Nobody's SPNEGO is NTLM's; whose it is does not matter to the tests.
        (r'c = self\.get_anon_creds\(\)', 'c = self.get_user_creds()'),
    ],
}


class TooLong(BaseException):
    pass


def load(name, **ports):
    path = os.path.join(os.path.dirname(samba.tests.dcerpc.__file__), name + '.py')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    for pattern, new in REPLACED[name]:
        text, found = re.subn(pattern, lambda _, new=new: new.format(**ports), text)
        if not found:
            raise SystemExit('%s has changed: there is no %s in it' % (path, pattern))
    module = types.ModuleType('samba.tests.dcerpc.' + name)
    module.__file__ = path
    sys.modules[module.__name__] = module
    setattr(samba.tests.dcerpc, name, module)
    exec(compile(text, path, 'exec'), module.__dict__)
    return module


def read_list(path):
    away, miss = set(), set()
    with open(path, encoding='utf-8') as file:
        for line in file:
            words = line.partition('#')[0].split()
            if words:
                {'away': away, 'miss': miss}[words[0]].add(words[1])
    return away, miss


def why(result):
    """The place in the test and the message; empty for a test that passed."""
    for text in [trouble[1] for trouble in result.failures + result.errors + result.skipped]:
        lines = [line for line in text.splitlines() if line.strip()]
        place = [m.group(1) for m in re.finditer(r'raw_protocol\.py", line (\d+)', text)]
        said = next((l for l in lines if re.match(r'\S*(Error|Exception|TooLong)\b', l)), lines[-1])
        return 'line %s: %s' % (place[-1] if place else '?', said[:160])
    return ''


def too_long(*_):
    raise TooLong('%d seconds' % SECONDS)


def run(test):
    result = unittest.TestResult()
    stderr, sys.stderr = sys.stderr, io.StringIO()
    signal.alarm(SECONDS)
    try:
        test.run(result)
        return why(result)
    except TooLong:
        return 'no end after %d seconds' % SECONDS
    finally:
        signal.alarm(0)
        sys.stderr = stderr


def main(host, port, mapper, target, path, only=None):
    os.environ.update(SERVER=host, TARGET_HOSTNAME=target, USERNAME=os.environ['PERSON'],
                      PASSWORD=os.environ['PERSON_PASSWORD'])
    signal.signal(signal.SIGALRM, too_long)
    load('raw_testcase', port=port, mapper=mapper)
    cases = load('raw_protocol', port=port, mapper=mapper).TestDCERPC_BIND
    tests = {test._testMethodName: test
             for test in unittest.defaultTestLoader.loadTestsFromTestCase(cases)}
    away, miss = read_list(path)
    wrong = ['%s is in the list, but not among the tests' % name
             for name in sorted((away | miss) - set(tests))]
    passed = 0
    if only == 'misses':
        away = set(tests) - miss
    for name in sorted(set(tests) - away):
        trouble = run(tests[name])
        passed += not trouble
        if trouble:
            print('%s %s: %s' % ('miss' if name in miss else 'FAIL', name, trouble), flush=True)
        if bool(trouble) != (name in miss):
            wrong.append('%s: %s' % (name, trouble or 'passes, but is listed as a miss'))
    print('%d of %d pass, %d are not for this server' %
          (passed, len(tests) - len(away), len(away)))
    for line in wrong:
        print('WRONG %s' % line)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
