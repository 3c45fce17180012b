# SPDX-License-Identifier: GPL-3.0-or-later
"""Random values of Chilean documents: each function returns (what is printed, the field it is).

A field is {"kind", "value"} and, for document numbers, "type"; the value is canonical as in a record.
Seeded by the caller; nothing here reads a clock.
"""
import datetime

MONTHS = ("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre").split()
UNITS = ("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
         "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
         "veintiséis veintisiete veintiocho veintinueve").split()
TENS = {3: "treinta", 4: "cuarenta", 5: "cincuenta", 6: "sesenta", 7: "setenta", 8: "ochenta", 9: "noventa"}
HUNDREDS = (" ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
            "novecientos").split(" ")
CONSONANTS = "BCDFGHJKLPRSTVWXYZ"


def words(n):
    if n == 100:
        return "cien"
    if n < 30:
        return UNITS[n]
    if n < 100:
        return TENS[n // 10] + (" y " + UNITS[n % 10] if n % 10 else "")
    if n < 1000:
        return HUNDREDS[n // 100] + (" " + words(n % 100) if n % 100 else "")
    if n < 1_000_000:
        head = "" if n < 2000 else apocope(words(n // 1000)) + " "
        return head + "mil" + (" " + words(n % 1000) if n % 1000 else "")
    head = "un millón" if n < 2_000_000 else apocope(words(n // 1_000_000)) + " millones"
    return head + (" " + words(n % 1_000_000) if n % 1_000_000 else "")


def apocope(text):
    if text.endswith("veintiuno"):
        return text[:-9] + "veintiún"
    return text[:-1] if text.endswith("uno") else text


def dotted(n):
    return f"{n:,}".replace(",", ".")


def check_digit(body):
    total, weight = 0, 2
    for digit in reversed(str(body)):
        total += int(digit) * weight
        weight = 2 if weight == 7 else weight + 1
    return "0123456789K0"[11 - total % 11] if total % 11 else "0"


def rut(rng, low=5_000_000, high=26_000_000, style=None):
    body = rng.randint(low, high)
    check = check_digit(body)
    check_shown = check.lower() if rng.random() < 0.4 else check
    style = style or rng.choices(("dots", "plain", "blanks", "spaced"), (70, 18, 7, 5))[0]
    shown = {"dots": f"{dotted(body)}-{check_shown}", "plain": f"{body}-{check_shown}",
             "blanks": f"{dotted(body)} - {check_shown}",
             "spaced": f"{dotted(body).replace('.', ' ')}-{check_shown}"}[style]
    return shown, {"kind": "rut", "value": f"{dotted(body)}-{check}"}


def company_rut(rng):
    return rut(rng, 76_000_000, 97_999_999, "dots" if rng.random() < 0.8 else None)


def date(rng, style=None):
    day = datetime.date(1960, 1, 1) + datetime.timedelta(days=rng.randint(0, 24000))
    if rng.random() < 0.75:
        day = datetime.date(2015, 1, 1) + datetime.timedelta(days=rng.randint(0, 3900))
    d, month, year = day.day, MONTHS[day.month - 1], day.year
    short = month[:3]
    style = style or rng.choices(("long", "year", "slash", "dash", "dot", "abbreviated", "words", "stamp"),
                                 (45, 8, 16, 10, 5, 6, 6, 4))[0]
    first = "1°" if d == 1 and rng.random() < 0.6 else (f"{d:02d}" if rng.random() < 0.5 else str(d))
    shown = {
        "long": f"{first} de {month if rng.random() < 0.8 else month.capitalize()} de {year}",
        "year": f"{first} de {month} del {'año ' if rng.random() < 0.5 else ''}{year}",
        "slash": f"{d:02d}/{day.month:02d}/{year}", "dash": f"{d:02d}-{day.month:02d}-{year}",
        "dot": f"{d:02d}.{day.month:02d}.{year}",
        "abbreviated": rng.choice((f"{d:02d}-{short}-{year}", f"{d} {short}. {year}", f"{d:02d}/{short}/{year}")),
        "stamp": rng.choice((f"{d:02d} {short.upper()} {year}", f"{d:02d}.{short.upper()}.{year}")),
        "words": f"{words(d)} de {month} de {words(year)}",
        "deed": f"{apocope(words(d))} {'días' if d > 1 else 'día'} del mes de {month} de {words(year)}",
        "iso": day.isoformat(),
    }[style]
    return shown, {"kind": "date", "value": day.isoformat()}


def pesos(rng, low=1_000, high=90_000_000, style=None):
    amount = rng.randint(low, high)
    if rng.random() < 0.6 and amount > 10_000:
        amount = amount // 1000 * 1000
    shown = dotted(amount)
    style = style or rng.choices(("$", "$ ", "dash", "clp", "pesos", "both"), (40, 25, 20, 4, 8, 3))[0]
    text = {"$": f"${shown}", "$ ": f"$ {shown}", "dash": f"$ {shown}.-", "clp": f"CLP {shown}",
            "pesos": f"{shown} pesos", "both": f"${shown}.- ({apocope(words(amount))} pesos)"}[style]
    return text, {"kind": "money", "value": f"CLP {amount}"}


def decimal(rng, high):
    cents = rng.randint(50, high * 100)
    whole, rest = divmod(cents, 100)
    value = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return (dotted(whole) + (f",{rest:02d}" if rest else "")), value, whole, rest


def uf(rng):
    shown, value, _, _ = decimal(rng, 6000)
    text = rng.choice((f"UF {shown}", f"{shown} UF", f"{shown} U.F.", f"{shown} unidades de fomento", f"UF {shown}"))
    return text, {"kind": "money", "value": f"UF {value}"}


def utm(rng):
    n = rng.randint(2, 3000)
    text = rng.choice((f"{dotted(n)} UTM", f"UTM {dotted(n)}", f"{dotted(n)} unidades tributarias mensuales"))
    return text, {"kind": "money", "value": f"UTM {n}"}


def dollars(rng):
    shown, value, whole, rest = decimal(rng, 90000)
    english = f"US$ {whole:,}.{rest:02d}"
    text = rng.choice((f"US$ {shown}", f"USD {shown}", f"{shown} dólares", f"US${shown}", english))
    return text, {"kind": "money", "value": f"USD {value}"}


def euros(rng):
    shown, value, _, _ = decimal(rng, 9000)
    return rng.choice((f"€ {shown}", f"{shown} euros", f"EUR {shown}")), {"kind": "money", "value": f"EUR {value}"}


def numbered(kind, value):
    return {"kind": "document_number", "type": kind, "value": value}


def mark(rng):
    return rng.choice(("N° ", "Nº ", "N°", "N° ", "Nro. ", "N.° "))


def law(rng):
    n = rng.randint(16_000, 21_800)
    shown = rng.choice((f"Ley {mark(rng)}{dotted(n)}", f"ley {mark(rng)}{dotted(n)}", f"ley {dotted(n)}",
                        f"Ley {n}", f"LEY {mark(rng)}{dotted(n)}"))
    return shown, numbered("ley", str(n))


def number_with_year(rng, high=9999):
    n = rng.randint(2, high)
    year = rng.randint(2001, 2025)
    plain = dotted(n) if rng.random() < 0.4 else str(n)
    if rng.random() < 0.3:
        return f"{n}/{year}", f"{n}/{year}"
    return plain, str(n)


def decree(rng):
    shown, value = number_with_year(rng, 900)
    name = rng.choice(("Decreto Supremo", "decreto exento", "D.S.", "Decreto Alcaldicio", "Decreto", "decreto supremo"))
    return f"{name} {mark(rng)}{shown}", numbered("decreto", value)


def resolution(rng):
    shown, value = number_with_year(rng)
    name = rng.choice(("Resolución Exenta", "resolución exenta", "Res. Ex.", "Resolución", "Resolución Afecta",
                       "Resolución Exenta SII", "RESOLUCIÓN EXENTA"))
    return f"{name} {mark(rng)}{shown}", numbered("resolucion", value)


def letter(rng):
    shown, value = number_with_year(rng)
    name = rng.choice(("Oficio", "Ord.", "oficio ordinario", "Of. Ord.", "ORD.", "Oficio Circular"))
    return f"{name} {mark(rng)}{shown}", numbered("oficio", value)


def folio(rng):
    value = f"{rng.randint(100, 99_999_999):0{rng.choice((3, 6, 8))}d}"
    return rng.choice((f"Folio N° {value}", f"folio {value}", f"FOLIO: {value}")), numbered("folio", value)


def court_role(rng):
    n, year = rng.randint(10, 45_000), rng.randint(2005, 2025)
    if rng.random() < 0.7:
        value = f"{rng.choice('CCCEV')}-{n}-{year}"
        return rng.choice((f"Rol {value}", f"Rol N° {value}", f"causa Rol {value}", f"ROL: {value}")), numbered("rol", value)
    shown = f"{dotted(n)}-{year}"
    return rng.choice((f"Rol N° {shown}", f"Rol Ingreso Corte N° {shown}")), numbered("rol", f"{n}-{year}")


def rit(rng):
    value = f"{rng.choice('OMTIF')}-{rng.randint(1, 4000)}-{rng.randint(2010, 2025)}"
    return rng.choice((f"RIT {value}", f"RIT: {value}", f"RIT N° {value}")), numbered("rit", value)


def ruc(rng):
    body = f"{rng.randint(10, 24)}{rng.randint(0, 99_999_999):08d}"
    value = f"{body}-{check_digit(int(body))}"
    if rng.random() < 0.3:
        value = f"{body[:2]}-4-{rng.randint(100_000, 999_999):07d}-{rng.randint(0, 9)}"
    return rng.choice((f"RUC {value}", f"RUC: {value}", f"RUC N° {value}")), numbered("ruc", value)


def repertory(rng):
    n, year = rng.randint(10, 29_999), rng.randint(2008, 2025)
    return rng.choice((f"Repertorio N° {dotted(n)}-{year}", f"REPERTORIO N° {n}-{year}",
                       f"repertorio número {dotted(n)}-{year}")), numbered("repertorio", f"{n}-{year}")


def email(rng):
    user = rng.choice(("juan.perez", "oficinadepartes", "m.soto", "contacto", "jgonzalez", "partes_2", "rrhh"))
    host = rng.choice(("munimaipu.cl", "minsal.cl", "gmail.com", "empresa-sur.cl", "pjud.cl", "notaria.co.cl"))
    shown = f"{user}@{host}"
    return (shown if rng.random() < 0.85 else shown.upper()), {"kind": "email", "value": shown}


def phone(rng):
    if rng.random() < 0.5:
        digits = f"9{rng.randint(3, 9)}{rng.randint(0, 9_999_999):07d}"
        shown = rng.choice((f"+56 9 {digits[1:5]} {digits[5:]}", f"+569{digits[1:]}", f"celular 9 {digits[1:5]} {digits[5:]}",
                            f"(+56) 9 {digits[1:5]} {digits[5:]}"))
    else:
        digits = f"22{rng.randint(2, 9)}{rng.randint(0, 999_999):06d}"
        shown = rng.choice((f"+56 2 {digits[1:5]} {digits[5:]}", f"(2) {digits[1:5]} {digits[5:]}", f"fono {digits}",
                            f"(56-2) {digits[1:5]} {digits[5:]}", f"Teléfono: {digits[:2]} {digits[2:5]} {digits[5:]}"))
    return shown, {"kind": "phone", "value": "+56" + digits}


def plate(rng):
    if rng.random() < 0.75:
        a = "".join(rng.choice(CONSONANTS) for _ in range(4))
        n = f"{rng.randint(10, 99)}"
        shown = rng.choice((f"{a}-{n}", f"{a[:2]}-{a[2:]}-{n}", f"{a}{n}", f"{a[:2]}·{a[2:]}·{n}"))
        return shown, {"kind": "plate", "value": a + n}
    a = "".join(rng.choice("ABCDEFGHJKLNPRSTUVWXYZ") for _ in range(2))
    n = f"{rng.randint(1000, 9999)}"
    return rng.choice((f"{a}-{n}", f"{a}{n}", f"{a} {n}")), {"kind": "plate", "value": a + n}
