# SPDX-License-Identifier: GPL-3.0-or-later
"""A PDF written object by object, correct or deliberately wrong, without any library.

Pdf collects numbered objects and writes header, bodies, cross-reference table and trailer (ISO
32000-1 §7.5). Whoever wants a damaged file puts wrong things into the objects, or edits the bytes.
Encryption is the standard handler's RC4 (revision 2 with 40 bits, revision 3 with 128), §7.6.
"""
import hashlib
import zlib


def escape(text):
    """A literal string in WinAnsi; what that code page lacks becomes a question mark."""
    raw = text.encode("cp1252", "replace")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def deflate(data):
    return zlib.compress(data, 9)


class Pdf:
    def __init__(self):
        self.bodies = []

    def reserve(self):
        self.bodies.append(None)
        return len(self.bodies)

    def put(self, number, body):
        self.bodies[number - 1] = body.encode("latin-1") if isinstance(body, str) else body
        return number

    def add(self, body):
        return self.put(self.reserve(), body)

    def add_stream(self, data, entries="", compress=False):
        return self.put(self.reserve(), stream(data, entries, compress))

    def bytes(self, root, trailer="", file_id=b"civicum-test-doc"):
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, body in enumerate(self.bodies, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n" % number + (body if body is not None else b"null") + b"\nendobj\n"
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(self.bodies) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        identity = file_id.hex().encode()
        out += b"trailer\n<< /Size %d /Root %d 0 R /ID [<%s> <%s>] %s >>\nstartxref\n%d\n%%%%EOF\n" % (
            len(self.bodies) + 1, root, identity, identity, trailer.encode("latin-1"), start)
        return bytes(out)


def stream(data, entries="", compress=False):
    if isinstance(data, str):
        data = data.encode("latin-1")
    if compress:
        data, entries = deflate(data), entries + " /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries.encode("latin-1")) + data + b"\nendstream"


HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def one_page(content, resources="", box="[0 0 595 842]", extra=None, compress=False, entries="", contents=None,
             fonts=True):
    """A document of one page: `content` its stream, `extra(pdf)` may add objects and returns resources.

    For a page that is wrong: `entries` of the stream's dictionary, `contents` in the place of its reference, `fonts` False
    for none of those that the stream names, None where `extra` brings them.
    """
    pdf = Pdf()
    catalog, pages, page = pdf.reserve(), pdf.reserve(), pdf.reserve()
    if extra:
        resources += extra(pdf)
    body = pdf.add_stream(content, entries, compress=compress)
    font = pdf.add(HELVETICA)
    pdf.put(catalog, f"<< /Type /Catalog /Pages {pages} 0 R >>")
    pdf.put(pages, f"<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>")
    own_fonts = "" if fonts is None else f"/Font << {f'/F1 {font} 0 R' if fonts else ''} >>"
    media = f"/MediaBox {box}" if box else ""
    pdf.put(page, f"<< /Type /Page /Parent {pages} 0 R {media} /Contents {contents or f'{body} 0 R'} "
                  f"/Resources << {own_fonts} {resources} >> >>")
    return pdf.bytes(catalog)


def text_stream(lines, size=11, left=60, top=780):
    """Lines of text from the top of an A4 page downwards."""
    out = [b"BT /F1 %d Tf %d %d Td %d TL" % (size, left, top, round(size * 1.35))]
    out += [escape(line) + b" Tj T*" for line in lines]
    return b"\n".join(out) + b"\nET\n"


def text_document(pages, size=11, box="[0 0 595 842]", encrypt=None):
    """`pages` is a list of lists of lines. `encrypt` is an Encryption or None."""
    pdf = Pdf()
    catalog, tree, font = pdf.reserve(), pdf.reserve(), pdf.add(HELVETICA)
    kids = []
    for lines in pages:
        number = pdf.reserve()
        data = text_stream(lines, size)
        pdf.put(number, stream(encrypt.apply(number, data) if encrypt else data))
        kids.append(pdf.add(f"<< /Type /Page /Parent {tree} 0 R /MediaBox {box} /Contents {number} 0 R "
                            f"/Resources << /Font << /F1 {font} 0 R >> >> >>"))
    pdf.put(catalog, f"<< /Type /Catalog /Pages {tree} 0 R >>")
    pdf.put(tree, f"<< /Type /Pages /Kids [{' '.join(f'{k} 0 R' for k in kids)}] /Count {len(kids)} >>")
    trailer = ""
    if encrypt:
        trailer = f"/Encrypt {pdf.add(encrypt.dictionary())} 0 R"
    return pdf.bytes(catalog, trailer, encrypt.file_id if encrypt else b"civicum-test-doc")


def image_document(images, dpi=300):
    """`images`: (width, height, colour space, bits, filter or None, data, decode parameters)."""
    pdf = Pdf()
    catalog, tree = pdf.reserve(), pdf.reserve()
    kids = []
    for width, height, space, bits, name, data, parms in images:
        entries = (f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /{space} "
                   f"/BitsPerComponent {bits} {f'/Filter /{name}' if name else ''} {parms}")
        image = pdf.add_stream(data, entries)
        w, h = width * 72 / dpi, height * 72 / dpi
        content = pdf.add_stream(f"q {w:.3f} 0 0 {h:.3f} 0 0 cm /Im Do Q")
        kids.append(pdf.add(f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {w:.3f} {h:.3f}] /Contents "
                            f"{content} 0 R /Resources << /XObject << /Im {image} 0 R >> >> >>"))
    pdf.put(catalog, f"<< /Type /Catalog /Pages {tree} 0 R >>")
    pdf.put(tree, f"<< /Type /Pages /Kids [{' '.join(f'{k} 0 R' for k in kids)}] /Count {len(kids)} >>")
    return pdf.bytes(catalog)


PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def rc4(key, data):
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)


class Encryption:
    """The standard security handler with RC4; `bits` is 40 (revision 2) or 128 (revision 3)."""

    def __init__(self, user, owner, bits=128):
        self.file_id = b"civicum-test-doc"
        self.bits, self.size, self.revision = bits, bits // 8, 2 if bits == 40 else 3
        self.permissions = -44
        self.owner_entry = self._owner_entry(user.encode("latin-1"), owner.encode("latin-1"))
        digest = hashlib.md5((user.encode("latin-1") + PADDING)[:32] + self.owner_entry +
                             self.permissions.to_bytes(4, "little", signed=True) + self.file_id).digest()
        self.key = self._stretch(digest)
        self.user_entry = self._user_entry()

    def _stretch(self, digest):
        for _ in range(50 if self.revision == 3 else 0):
            digest = hashlib.md5(digest[:self.size]).digest()
        return digest[:self.size]

    def _rounds(self, key, data):
        for i in range(20 if self.revision == 3 else 1):
            data = rc4(bytes(byte ^ i for byte in key), data)
        return data

    def _owner_entry(self, user, owner):
        key = self._stretch(hashlib.md5((owner + PADDING)[:32]).digest())
        return self._rounds(key, (user + PADDING)[:32])

    def _user_entry(self):
        if self.revision == 2:
            return rc4(self.key, PADDING)
        return self._rounds(self.key, hashlib.md5(PADDING + self.file_id).digest()) + bytes(16)

    def apply(self, number, data):
        salt = number.to_bytes(3, "little") + b"\0\0"
        return rc4(hashlib.md5(self.key + salt).digest()[:min(16, self.size + 5)], data)

    def dictionary(self):
        version = 1 if self.revision == 2 else 2
        return (f"<< /Filter /Standard /V {version} /R {self.revision} /Length {self.bits} /P {self.permissions} "
                f"/O <{self.owner_entry.hex()}> /U <{self.user_entry.hex()}> >>")
