# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms: Chilean documents as templates. One paragraph per line.

"^" centres a line, ">" sets it right, "|" parts the cells of a table row, a lone "%" ends the page.
{kind} prints a random value and makes it a true field; {kind:style} fixes how it is printed;
{name}, {place}, {firm}, {n} and {big} print words and numbers that are no fields. Everything that looks
like a field outside braces is a distractor and must not be found.
"""

FORMS = {}


def form(name, text):
    FORMS[name] = text.strip("\n").split("\n")


form("oficio", """
>{letter:ORD}
>ANT.: {letter}, de {date}.
>MAT.: Responde solicitud de acceso a la información AB001T{n}.

>{place}, {date}

DE: {name}, JEFE DE DIVISIÓN JURÍDICA
A: {name}, ALCALDE DE {place}

1. Mediante el antecedente, y en conformidad con lo dispuesto en el artículo 14 de la {law}, se ha solicitado copia de los expedientes individualizados en el punto 3.2.1 del anexo 4.
2. Al respecto, cumplo con informar que la {resolution}, de fecha {date}, aprobó un presupuesto de {pesos}, del cual se ha ejecutado un 87,5% en 12 cuotas.
3. El interesado, don {name}, RUN {rut}, podrá retirar los documentos en Av. Libertador Bernardo O'Higgins 1449, piso 12, oficina 1204, de lunes a jueves de 9:00 a 17:30 horas.

Saluda atentamente a usted,

^{name}
^Jefe de División

Contacto: {email} - {phone}
Página 1 de 1
""")

form("resolucion", """
^{resolution:EXENTA}
^{place}, {date:stamp}

VISTOS: Lo dispuesto en la {law}, que establece bases de los procedimientos administrativos; en el {decree}, del Ministerio de Hacienda; en la {resolution}, de la Contraloría General de la República; y las facultades que me confiere la ley.

CONSIDERANDO:
1° Que, por {letter}, de {date}, el Departamento de Finanzas informó la disponibilidad de {pesos} con cargo al subtítulo 22, ítem 08, asignación 001.
2° Que la empresa {firm}, RUT N° {company_rut}, presentó la oferta más conveniente por un monto de {uf}, impuestos incluidos, obteniendo 94,35 puntos.
3° Que el proceso ID 1057-{n}-LE23 se publicó en el portal con 20 días de anticipación.

RESUELVO:
1. ADJUDÍCASE la licitación señalada a {firm}, por un monto total de {pesos}.
2. IMPÚTESE el gasto al ítem 22.08.999 del presupuesto vigente.
3. PUBLÍQUESE en www.mercadopublico.cl y en el sistema versión 10.2.3.

ANÓTESE, COMUNÍQUESE Y ARCHÍVESE

^{name}
^DIRECTORA REGIONAL
""")

form("factura", """
>R.U.T.: {company_rut}
>FACTURA ELECTRÓNICA
>N° {big}
>S.I.I. - {place}
{firm}
Giro: Venta al por mayor de artículos de ferretería
Casa matriz: Av. Las Industrias 2350, {place} - Fono: {phone:label}
Señor(es): {name}
RUT: {rut}
Fecha emisión: {date}
Vencimiento: {date:slash}
Correo: {email}
| Cant. | Detalle | P. unitario | Total
| 12 | Cemento 25 kg código 780123456789 | 4.990 | {pesos:$}
| 150 | Fierro 8 mm x 6 m | 3.290 | {pesos:$}
| 3,5 | Arena m3 | 18.500 | {pesos:$}
| | | NETO | {pesos:$}
| | | IVA 19% | {pesos:$}
| | | TOTAL | {pesos:$}
Timbre electrónico SII, verifique documento en www.sii.cl
""")

form("arriendo", """
^CONTRATO DE ARRENDAMIENTO

En {place}, a {date}, entre don {name}, chileno, casado, ingeniero civil, cédula nacional de identidad N° {rut}, domiciliado en calle Los Aromos 1234, departamento 56, en adelante el arrendador; y doña {name}, cédula de identidad número {rut}, correo electrónico {email}, teléfono {phone:plus}, en adelante la arrendataria, se ha convenido lo siguiente:
PRIMERO: El arrendador es dueño del inmueble rol de avalúo N° 1234-56, inscrito a fojas 4567 número 8901 del Registro de Propiedad del año 2009.
SEGUNDO: La renta mensual será de {uf}, o su equivalente en pesos, que se pagará dentro de los primeros 5 días de cada mes en la cuenta corriente N° 00-123-{big}-9 del Banco de Chile.
TERCERO: El plazo será de un año, a contar del {date}, y vencerá el {date}.
CUARTO: En este acto la arrendataria entrega la suma de {pesos:both} en garantía, y {pesos} por gastos comunes, según lo permite la {law}.
QUINTO: Los consumos de luz (cliente N° {big}) y agua (medidor 45.678) son de cargo de la arrendataria, con un interés de 1,5% mensual.
%
SEXTO: En caso de mora se aplicará una multa de {utm} por cada día de atraso, hasta 30 días.
Firman en dos ejemplares:
| {name} | {name}
| {rut} | {rut}
| ARRENDADOR | ARRENDATARIA
""")

form("escritura", """
>{repertory}

^COMPRAVENTA
^{name} A {name}

EN {place}, REPÚBLICA DE CHILE, a {date:deed}, ante mí, {name}, abogado, Notario Público Titular de la Cuadragésima Segunda Notaría, con oficio en calle Huérfanos mil ciento sesenta, comparecen: don {name}, chileno, soltero, empresario, cédula nacional de identidad número {rut}, y doña {name}, chilena, viuda, cédula de identidad número {rut}, ambos mayores de edad, quienes exponen:
PRIMERO: Don {name} es dueño de la propiedad ubicada en Pasaje Dos número ciento veinte, inscrita a fojas dos mil número tres mil cuatrocientos del año mil novecientos ochenta.
SEGUNDO: El precio de la compraventa es la cantidad de {uf}, que se paga con {pesos:both} al contado y el saldo en 240 cuotas iguales.
TERCERO: La superficie aproximada es de 1.250,50 metros cuadrados y deslinda al norte en 25,30 metros con el lote 14-B.
CUARTO: Declaran que el título fue otorgado por escritura de fecha {date:words}, {repertory}, de esta misma notaría.
%
QUINTO: Se hace presente lo dispuesto en el {decree} y en la {law}.
La presente escritura se anotó en el libro con el número 45 y quedó inscrita según certificado de {date:long}.
En comprobante y previa lectura, firman. Se da copia. DOY FE.
""")

form("boleta_honorarios", """
>BOLETA DE HONORARIOS ELECTRÓNICA
>N° {n}
{name}
RUT: {rut}
GIRO(S): ASESORÍAS PROFESIONALES
AV. PROVIDENCIA 1208 OF 207, PROVIDENCIA
TELÉFONO: {phone:bare}
Fecha: {date:long}
Señor(es): {firm} Rut: {company_rut}
Domicilio: MIRAFLORES 383 PISO 21, {place}
Por atención profesional:
| ASESORÍA CONTABLE MES 3 | {pesos:$ }
| Total Honorarios: $ | {pesos:number}
| 13,75% Impto. Retenido: $ | {pesos:number}
| Total: $ | {pesos:number}
Fecha / Hora Emisión: {date:slash} 14:35
Verifique este documento en www.sii.cl
Código de barras {big}
""")

form("sentencia", """
{place}, {date:words}.

VISTOS:
En estos autos {rit}, {ruc}, seguidos ante el Juzgado de Letras del Trabajo, comparece don {name}, cédula de identidad N° {rut}, quien deduce demanda en contra de {firm}, RUT {company_rut}, representada por don {name}, C.I. {rut}.
Expone que ingresó a prestar servicios el {date} y que fue despedido el día {date}, con una remuneración de {pesos}.
CONSIDERANDO:
PRIMERO: Que la demandada alegó la causal del artículo 160 N° 7 del Código del Trabajo, y acompañó el documento de 12 páginas rolado a fojas 34.
SEGUNDO: Que la Excma. Corte Suprema, en {court_role}, de {date}, unificó jurisprudencia, y en igual sentido la {court_role}.
TERCERO: Que conforme a la {law} procede el pago con reajustes e intereses de 2,5% anual.
SE RESUELVE:
I. Se condena a la demandada a pagar {pesos} por indemnización sustitutiva y {pesos} por recargo del 30%.
II. Que se impone una multa de {utm} a beneficio fiscal.
Regístrese y notifíquese a {email}.
{rit}
{ruc}
""")

form("certificado", """
^CERTIFICADO DE NACIMIENTO
>{folio}
>Código de verificación: a1b2c3d4e5f6
REPÚBLICA DE CHILE - SERVICIO DE REGISTRO CIVIL E IDENTIFICACIÓN
Circunscripción: {place}
Nro. inscripción: {n} Registro: S Año: 1987
Nombre inscrito: {name}
R.U.N.: {rut:dots}
Fecha nacimiento: {date:long}
Hora: 05:45
Sexo: Femenino
Nombre del padre: {name}
R.U.N. del padre: {rut:dots}
Nombre de la madre: {name}
R.U.N. de la madre: {rut:dots}
FECHA EMISIÓN: {date:long}, 16:42.
Verifique documento en www.registrocivil.gob.cl o a nuestro Call Center 600 370 2000, para teléfonos fijos y celulares.
Timbre 500.123.456
""")

form("permiso_circulacion", """
^PERMISO DE CIRCULACIÓN 2024
^MUNICIPALIDAD DE {place}
| PLACA PATENTE ÚNICA | {plate}
| TIPO DE VEHÍCULO | STATION WAGON
| MARCA | TOYOTA
| MODELO | RAV4 2.5 AUT
| AÑO | 2019
| N° MOTOR | 2AR{n}88
| CHASIS | JTMRF4EV5KD{big}
| CÓDIGO SII | SW2780119
| TASACIÓN | {pesos:$}
| VALOR PERMISO | {pesos:$}
| TOTAL A PAGAR | {pesos:$}
Propietario: {name}
RUT: {rut}
Fecha de pago: {date:slash}
Válido hasta: {date:slash}
{folio}
Contado Cuota 1 de 2. Sello verde. Cilindrada 2494 cc, carga 450 kg, 5 asientos.
""")

form("carta_poder", """
>{place}, {date:long}

^CARTA PODER SIMPLE

Por la presente, yo {name}, cédula de identidad N° {rut}, domiciliado en Camino El Alba 9500, casa 15, otorgo poder a don {name}, RUN {rut}, para que en mi nombre y representación retire la placa patente del vehículo {plate}, y realice todos los trámites ante la {firm}, RUT {company_rut}, hasta por la suma de {pesos}.
El presente poder tendrá vigencia hasta el {date}.
El trámite corresponde a la solicitud N° {big} del módulo 5, y requiere 2 fotografías de 3x4 y copia tamaño oficio de 50 hojas.

^{name}
^C.I. {rut:dots}
^Celular: {phone:label}
""")

form("acta_municipal", """
^ACTA SESIÓN ORDINARIA N° 45
^CONCEJO MUNICIPAL DE {place}

En {place}, a {date}, siendo las 09:15 horas, se inicia la sesión ordinaria N° 45 del Concejo Municipal, presidida por don {name}.
TABLA: 1. Aprobación acta N° 44. 2. Cuenta del Presidente. 3. Varios.
El Secretario Municipal da lectura al {letter}, de {date}, por el cual se solicita subvención por {pesos} para el Club Deportivo, RUT {company_rut}.
La concejala {name} consulta por el {decree}, de {date}, que fija la ordenanza de derechos municipales en {utm}.
Se acuerda, por 6 votos contra 2, aprobar la modificación presupuestaria por M{pesos:thousands}, lo que representa un 3,2% del total.
El Director de Tránsito informa que el vehículo municipal {plate} se encuentra en reparación.
ACUERDO N° 123: Apruébese el Plan de Salud 2024-2028 en sus puntos 1.1 a 4.12.
Se levanta la sesión a las 12:45 horas.
""")

form("licitacion", """
^BASES ADMINISTRATIVAS ESPECIALES
^LICITACIÓN PÚBLICA ID 2345-{n}-LP24

1. ANTECEDENTES
1.1 Entidad licitante: Municipalidad de {place}, RUT {company_rut}.
1.2 Presupuesto disponible: {pesos}, IVA incluido.
1.3 Marco normativo: {law}, su reglamento aprobado por {decree}, y la {resolution}, de {date}.
2. CRONOGRAMA
| 2.1 Publicación | {date}
| 2.2 Cierre de consultas | {date:slash} 15:00
| 2.3 Apertura | {date:dash}
3. GARANTÍAS
3.1 Seriedad de la oferta: {uf}, con vigencia hasta el {date}.
3.2 Fiel cumplimiento: 5% del valor del contrato, en boleta bancaria.
4. MULTAS: {utm} por día de atraso, con tope de 20%.
5. CRITERIOS: Precio 60%, Experiencia 30%, Plazo 10%.
6. El oferente extranjero podrá expresar su precio en dólares ({dollars}) o en euros ({euros}).
Consultas: {email}. Equipos con resolución 1920 x 1080, IP 192.168.10.25, versión 2.4.1.
""")

form("decreto", """
>{place}, {date}
^{decree:ALCALDICIO}

VISTOS: La {law}, Orgánica Constitucional de Municipalidades; la {law}; el {decree}, de {date}; el {letter} del Director de Obras; y
CONSIDERANDO: La necesidad de contratar los servicios de doña {name}, RUT {rut}, por un honorario bruto mensual de {pesos}.
DECRETO:
1° APRUÉBASE el contrato suscrito con fecha {date}, por 44 horas semanales, grado 12° E.M.R.
2° PÁGUESE la suma de {pesos} en 3 estados de pago de 33,3% cada uno.
3° El gasto se imputará a la cuenta 215.21.04.004 del presupuesto 2024.
ANÓTESE, COMUNÍQUESE Y ARCHÍVESE.
^{name}
^ALCALDE
""")

form("finiquito", """
^FINIQUITO DE CONTRATO DE TRABAJO

En {place}, a {date}, entre {firm}, R.U.T. {company_rut}, representada por don {name}, cédula nacional de identidad {rut}, y don {name}, RUN N° {rut}, se deja constancia del siguiente finiquito:
PRIMERO: El trabajador prestó servicios desde el {date} hasta el {date}, fecha en que terminó su contrato por la causal del artículo 161 inciso 1° del Código del Trabajo.
SEGUNDO: El empleador paga los siguientes haberes:
| Indemnización por años de servicio (11) | {pesos:$ }
| Feriado proporcional 12,25 días | {pesos:$ }
| Aporte AFC 2,4% | {pesos:$ }
| TOTAL | {pesos:dash}
TERCERO: El pago se efectúa por transferencia a la cuenta vista N° {big} del Banco Estado.
CUARTO: Se otorga conforme a la {law}.
""")

form("liquidacion", """
^LIQUIDACIÓN DE REMUNERACIONES
Empresa: {firm}   RUT: {company_rut}
Trabajador: {name}   RUT: {rut}
Período: marzo 2024   Fecha de ingreso: {date:slash}
Días trabajados: 30   Centro de costo: 10.20.300
| HABERES | | DESCUENTOS |
| Sueldo base | {pesos:$} | AFP 11,44% | {pesos:$}
| Gratificación | {pesos:$} | Salud 7% | {pesos:$}
| Colación | {pesos:$} | Isapre {uf:short} | {pesos:$}
| Movilización | {pesos:$} | Impuesto único | {pesos:$}
Líquido a pagar: {pesos:$}
Son: {pesos:words}
Depósito en cuenta N° {big} el {date:dash}.
""")

form("cartola", """
^CARTOLA CUENTA CORRIENTE
Titular: {name}   RUT: {rut}
Cuenta N° 0-000-{big}   Moneda: pesos   Cartola N° 15
Desde {date:slash} hasta {date:slash}   Ejecutivo: {email}
| FECHA | DESCRIPCIÓN | N° DOC | MONTO
| {date:slash} | GIRO CAJERO 1234 | {n}567 | {pesos:$}
| {date:slash} | TRANSF. DE {name} {rut:dots} | 0000 | {pesos:$}
| {date:slash} | PAGO TARJETA ****4567 | {n}12 | {pesos:$}
| {date:slash} | COMPRA INT. AMAZON | 778 | {dollars:us}
| {date:slash} | ABONO SUELDO | 991 | {pesos:$}
Saldo final: {pesos:$}
Línea de crédito disponible: {pesos:$}   Tasa 2,31% CAE 34,5%
Consultas 600 637 3737
""")

form("informe", """
^INFORME TÉCNICO N° {n}
^INSPECCIÓN DE INMUEBLE

Fecha de visita: {date}
Solicitante: {name}, C.I. N° {rut}, {email}, {phone:plus}
1. INTRODUCCIÓN. En cumplimiento de la {resolution}, se inspeccionó la propiedad rol SII 1234-56, de 456,78 m2, ubicada en las coordenadas 33,4489 S, 70,6693 O.
2. HALLAZGOS. La tabla 2.1 muestra 15 puntos de medición; la humedad fue de 12,5% a 23,8%. El software utilizado fue QGIS 3.28.4 en el equipo 10.0.0.15.
3. COSTOS. La reparación se estima en {uf}, equivalente a {pesos}. Los repuestos importados cuestan {dollars} y {euros}.
4. CONCLUSIÓN. Se recomienda ejecutar antes del {date}, según el {decree}.
ISBN 978-956-7890-12-3. Norma NCh 433 Of. 1996. Plano 12-A/2020.
Página 3 de 12
""")

form("demanda", """
EN LO PRINCIPAL: Demanda ejecutiva. PRIMER OTROSÍ: Acompaña documentos.

^S. J. L. EN LO CIVIL DE {place}

{name}, abogado, cédula de identidad N° {rut}, domiciliado en Huérfanos 1234, oficina 501, correo {email}, en representación de {firm}, RUT N° {company_rut}, a US. respetuosamente digo:
Que vengo en demandar a don {name}, RUT {rut}, por la suma de {pesos:both}, más intereses y costas, fundado en el pagaré N° {big} suscrito con fecha {date}.
El pagaré debía pagarse en 36 cuotas, venciendo la primera el {date}, y el deudor cesó en el pago de la cuota 13.
La obligación equivale a {uf} a la fecha de esta presentación y consta en la escritura de {date:words}, {repertory}.
POR TANTO, conforme a los artículos 254, 434 N° 4 y siguientes del Código de Procedimiento Civil, y a la {law}, ruego a US. acoger la demanda en {court_role}, a {folio:lower} del expediente.
""")

form("mandato", """
^MANDATO JUDICIAL
>{repertory}

En {place} de Chile, a {date:deed}, ante mí, comparece doña {name}, factor de comercio, cédula de identidad número {rut}, en representación, según se acreditará, de {firm}, rol único tributario número {company_rut}, y expone: que confiere mandato judicial amplio al abogado don {name}, cédula de identidad número {rut}, con domicilio en Moneda 920, piso 7.
El mandatario podrá transigir hasta por {uf} y percibir hasta {pesos}.
La personería consta de escritura pública de fecha {date}, {repertory}.
Anotado en el libro 3 bajo el número 789. Vigencia de 24 meses.
""")

form("notificacion", """
>{ruc}
>{rit}
NOTIFICACIÓN PERSONAL

En {place}, a {date}, siendo las 11:20 horas, en el domicilio de calle San Martín 2650, departamento 304-B, notifiqué a don {name}, RUN {rut}, la resolución de {date}, dictada en {court_role}, entregándole copia íntegra.
Se le hizo saber que la audiencia se realizará el {date} a las 08:30 horas en la sala 1201, y que puede contactar al tribunal al correo {email} o al fono {phone:bare}.
Derechos: {pesos}. Receptor: {name}, {rut}.
Sello 2024-000{n}
""")

form("orden_compra", """
^ORDEN DE COMPRA N° 2345-{n}-SE24
>Fecha: {date}
Comprador: I. Municipalidad de {place}   R.U.T. {company_rut}
Proveedor: {firm}   R.U.T.: {company_rut}
Contacto: {name} - {email} - {phone}
| Ítem | Descripción | Cant. | Precio unit. | Total
| 1 | Notebook 14" 16GB i7-1255U | 10 | {pesos:$ } | {pesos:$ }
| 2 | Licencia software v11.4.2 | 10 | {dollars:us} | {dollars:us}
| 3 | Servicio de instalación | 1 | {uf:short} | {uf:short}
Neto {pesos:$}  19% IVA {pesos:$}  Total {pesos:$}
Autorizado por {decree} de fecha {date}. Entrega en 15 días hábiles. Código BIP 30123456-0.
""")

form("parte_transito", """
JUZGADO DE POLICÍA LOCAL DE {place}
>{court_role}
{place}, {date}
Denúnciase a {name}, cédula de identidad {rut}, por conducir el vehículo placa patente {plate}, marca Nissan modelo V16, a 87 km/h en zona de 50 km/h, en Ruta 5 Sur km 1.023, infringiendo la {law}.
También participó el automóvil patente {plate}, conducido por {name}, RUT {rut}.
Multa: {utm}, equivalente a {pesos}. Plazo de pago: 5 días. Boleta N° {big}.
Carabinero: Sargento 2° {name}, placa institucional 12345-K. Parte N° {n}.
""")
