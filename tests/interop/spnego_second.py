# SPDX-License-Identifier: Apache-2.0
"""SPNEGO around a Kerberos context of MIT's, such that Kerberos is the second choice.

MIT's own SPNEGO offers nothing but Kerberos where no other mechanism is installed, so the signed
list of mechanisms (RFC 4178 5) is never met with it. Here the initiator offers a mechanism nobody
has first, the acceptor takes the second name of Kerberos, and MIT's gss_get_mic signs the list.
"""
import gssapi

SPNEGO = bytes.fromhex('06062b0601050502')
KRB5 = bytes.fromhex('06092a864886f712010202')
NOBODYS = bytes.fromhex('060a2b06010401823702021e')
COMPLETED, INCOMPLETE, REJECT, REQUEST_MIC = range(4)


def tlv(tag, *content):
    body = b''.join(content)
    size = len(body).to_bytes(4, 'big').lstrip(b'\0')
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128
                           else bytes([0x80 | len(size)]) + size) + body


def read(data):
    """The first value of data: its tag, its contents, what follows it."""
    tag, size, start = data[0], data[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7f)
        size = int.from_bytes(data[2:start], 'big')
    return tag, data[start:start + size], data[start + size:]


def fields(sequence):
    found = {}
    while sequence:
        tag, content, sequence = read(sequence)
        found[tag & 0x1f] = content
    return found


def resp(state, mech=None, token=None, mic=None):
    return tlv(0xa1, tlv(0x30, tlv(0xa0, tlv(0x0a, bytes([state]))),
                         tlv(0xa1, mech) if mech else b'',
                         tlv(0xa2, tlv(4, token)) if token else b'',
                         tlv(0xa3, tlv(4, mic)) if mic else b''))


class Second:
    """Steps like a gssapi.SecurityContext; spoil changes the signature that is sent."""

    def __init__(self, inner, initiator, spoil):
        self.inner, self.initiator, self.spoil = inner, initiator, spoil
        self.list, self.chosen, self.vouched, self.signed = None, False, False, False
        self.complete = False

    def step(self, token=None):
        if self.initiator and self.list is None:
            self.list = tlv(0x30, NOBODYS, KRB5)
            return tlv(0x60, SPNEGO, tlv(0xa0, tlv(0x30, tlv(0xa0, self.list),
                                                   tlv(0xa2, tlv(4, b'nothing of use')))))
        if not self.initiator and self.list is None:
            return self.choose(token)
        return self.answer(fields(read(read(token)[1])[1]))

    def choose(self, token):
        _, body, _ = read(read(token)[1][len(SPNEGO):])
        self.list = fields(read(body)[1])[0]
        assert KRB5 in self.list and not read(self.list)[1].startswith(KRB5)
        return resp(REQUEST_MIC, KRB5)

    def answer(self, m):
        if self.initiator and not self.chosen:
            assert m[0] == bytes([0x0a, 1, REQUEST_MIC]) and m[1] == KRB5 and 2 not in m
            self.chosen = True
            token = self.inner.step()
        elif self.inner.complete:
            assert 2 not in m
            token = None
        else:
            token = self.inner.step(read(m[2])[1])
        if 3 in m:
            self.inner.verify_signature(self.list, read(m[3])[1])
            self.vouched = True
        mic = None
        if self.inner.complete and not self.signed:
            mic = bytearray(self.inner.get_signature(self.list))
            mic[-1] ^= self.spoil
            self.signed = True
        self.complete = self.vouched and self.signed
        if not token and not mic:
            return None
        return resp(COMPLETED if self.complete else INCOMPLETE, None, token, mic)


def initiator(name, flags, spoil=0):
    mech = gssapi.OID.from_int_seq('1.2.840.113554.1.2.2')
    return Second(gssapi.SecurityContext(name=name, mech=mech, flags=flags, usage='initiate'),
                  True, spoil)


def acceptor(spoil=0):
    return Second(gssapi.SecurityContext(usage='accept'), False, spoil)
