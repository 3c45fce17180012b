// SPDX-License-Identifier: GPL-3.0-or-later
#include "fields/fields.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace civicum;

namespace {

// "rut 12.345.678-5", "document_number ley 20285", with " invalid" or " repaired" behind.
std::string shown(const Field& field) {
  std::string line(name_of(field.kind));
  if (field.type) line.append(" ").append(name_of(*field.type));
  line.append(" ").append(field.value);
  if (!field.is_valid) line.append(" invalid");
  if (field.is_repaired) line.append(" repaired");
  return line;
}

std::string found_in(const std::string& text) {
  std::string all;
  for (const Field& field : find_fields({text, {}}, 0)) {
    if (!all.empty()) all += "; ";
    all += shown(field);
  }
  return all;
}

struct Case {
  const char* text;
  const char* fields;
};

void check_one(const Case& one) {
  CAPTURE(one.text);
  CHECK(found_in(one.text) == one.fields);
}

void check(std::initializer_list<Case> cases) {
  for (const Case& one : cases) check_one(one);
}

}  // namespace

TEST_CASE("a RUT is found however it is printed") {
  check({{"RUT: 12.345.678-5", "rut 12.345.678-5"},
         {"RUT: 12.345.678 - 5,", "rut 12.345.678-5"},
         {"don Juan, RUN 12345678-5.", "rut 12.345.678-5"},
         {"12 345 678-5", "rut 12.345.678-5"},
         {"cédula de identidad N° 12.345.\n678-5", "rut 12.345.678-5"},
         {"RUT 12.345.678-\n5", "rut 12.345.678-5"},
         {"R.U.T. N° 76.086.428–5", "rut 76.086.428-5"},
         {"C.I. 10.000.013-k", "rut 10.000.013-K"},
         {"RUT 123456785", "rut 12.345.678-5"},
         {"12.345.678-5 y 76.086.428-5", "rut 12.345.678-5; rut 76.086.428-5"}});
}

TEST_CASE("letters that OCR made of digits are repaired where the check digit agrees") {
  check({{"RUT 12.345.678-S", "rut 12.345.678-5 repaired"},
         {"RUT l2.345.67B-5", "rut 12.345.678-5 repaired"},
         {"RUT 1Z.345.678-5", "rut 12.345.678-5 repaired"},
         {"RUT O2.345.678-S", ""},
         {"RUN N? 12345678-5", "rut 12.345.678-5"},
         {"C.l. N* 12 .345.678-5", "rut 12.345.678-5"},
         {"rut: 12,345.678-5", "rut 12.345.678-5"}});
}

TEST_CASE("an invalid RUT is listed only behind a RUT label") {
  check({{"RUT: 12.345.678-9", "rut 12.345.678-9 invalid"},
         {"Rol Único Tributario N° 12.345.678-9", "rut 12.345.678-9 invalid"},
         {"cédula nacional de identidad número 12.345.678-9", "rut 12.345.678-9 invalid"},
         {"el número 12.345.678-9", ""},
         {"RUT: 12.345.67B-9", ""}});
}

TEST_CASE("numbers that look like a RUT are left out") {
  check({{"cuenta corriente N° 12345678-5", ""},
         {"Folio 112345678-5-01", "document_number folio 112345678-5-01"},
         {"póliza 12345678-5", ""},
         {"1.12.345.678-5", ""},
         {"ISBN 978-12345678-5-3", ""},
         {"Cuenta RUT N° 12345678", ""},
         {"$ 12.345.678 - 5 unidades", "money CLP 12345678"},
         {"12.345.678-5-3", ""},
         {"teléfono 1234567-4", ""}});
}

TEST_CASE("dates in words, long, short and stamped become ISO days") {
  check({{"Santiago, 5 de marzo de 2024.", "date 2024-03-05"},
         {"05 de Marzo del año 2024", "date 2024-03-05"},
         {"1° de enero del 2.023", "date 2023-01-01"},
         {"1? de enero de 2022", "date 2022-01-01"},
         {"5 de\nmarzo de\n2024", "date 2024-03-05"},
         {"cinco de marzo de dos mil veinticuatro", "date 2024-03-05"},
         {"a veintitrés días del mes de mayo de mil novecientos noventa y ocho", "date 1998-05-23"},
         {"treinta y un días del mes de diciembre del año dos mil", "date 2000-12-31"},
         {"vein-\ntitrés de mayo de dos mil diez", "date 2010-05-23"},
         {"primero de marzo de 2020", "date 2020-03-01"},
         {"03 ENE 2023", "date 2023-01-03"},
         {"03.ENE.2023", "date 2023-01-03"},
         {"05-mar-2024 y 5 sept. 2024", "date 2024-03-05; date 2024-09-05"},
         {"05-MAR-24", "date 2024-03-05"},
         {"Marzo 5 de 2024", "date 2024-03-05"},
         {"5 de rnarzo de 2024", "date 2024-03-05"},
         {"O5 de marzo de 2O24", "date 2024-03-05 repaired"}});
}

TEST_CASE("dates in figures have the day first") {
  check({{"05/03/2024", "date 2024-03-05"},
         {"5-3-2024", "date 2024-03-05"},
         {"05.03.2024", "date 2024-03-05"},
         {"31/12/98", "date 1998-12-31"},
         {"2024-03-05T10:30", "date 2024-03-05"},
         {"fecha: 5/3/24", "date 2024-03-05"},
         {"05 / 03 / 2024", "date 2024-03-05"}});
}

TEST_CASE("what is no day is no date") {
  check({{"30 de febrero de 2024", ""},
         {"31/04/2024", ""},
         {"03/25/2024", ""},
         {"marzo de 2024", ""},
         {"5 de marzo", ""},
         {"versión 10.12.2020", ""},
         {"10.12.2020.1", ""},
         {"N° 12/05/2020", ""},
         {"sección 3.4.12", ""},
         {"1/2/24", ""},
         {"192.168.10.25", ""},
         {"99/05/2024", ""},
         {"cinco de marzo de mil novecientos", ""},
         {"cinco de marzo de dos mil vxxntidos", ""}});
}

TEST_CASE("money is exact, in the currency that is printed") {
  check({{"$1.250.000", "money CLP 1250000"},
         {"$ 45.000.-", "money CLP 45000"},
         {"CLP 1.250.000", "money CLP 1250000"},
         {"1.250.000 pesos", "money CLP 1250000"},
         {"$ 1.250.\n000", "money CLP 1250000"},
         {"$\n950", "money CLP 950"},
         {"UF 2.500,75", "money UF 2500.75"},
         {"2.500,75 UF y UF 3,5", "money UF 2500.75; money UF 3.5"},
         {"25,00 unidades de fomento", "money UF 25"},
         {"2,5 U.F.", "money UF 2.5"},
         {"10 UTM", "money UTM 10"},
         {"grave 40 UTM\n3 1226", "money UTM 40"},
         {"Total: $      57.322.048", "money CLP 57322048"},
         {"multa de UTM 10 o más", "money UTM 10"},
         {"entre 5 UTM e intereses", "money UTM 5"},
         {"la suma de 3.000.000 de pesos", "money CLP 3000000"},
         {"US$ 1,250.50", "money USD 1250.5"},
         {"1.250,50 dólares", "money USD 1250.5"},
         {"USD 99", "money USD 99"},
         {"€ 99,90", "money EUR 99.9"},
         {"100 euros", "money EUR 100"},
         {"M$ 1.250", "money CLP 1250000"},
         {"$ 19,656 millones", "money CLP 19656000"},
         {"MM$ 45 millones", ""},
         {"3,5 millones de pesos", "money CLP 3500000"},
         {"$ 3.000 millones", "money CLP 3000000000"},
         {"S 1.250.000", "money CLP 1250000 repaired"},
         {"$7.214,000", "money CLP 7214000"},
         {"$2 1.544.000", ""},
         {"$78.\n", ""},
         {"$83.292 594.", ""},
         {"$ 1.25O.OOO", "money CLP 1250000 repaired"}});
}

TEST_CASE("money in words counts once") {
  check({{"$1.250.000 (un millón doscientos cincuenta mil pesos)", "money CLP 1250000"},
         {"la suma de un millón de pesos", "money CLP 1000000"},
         {"la cantidad de cinco unidades de fomento", "money UF 5"},
         {"por ciento veintitrés mil cuatrocientos pesos", "money CLP 123400"},
         {"doscicntos cincuenta mil pesos", ""},
         {"ochcnta y tres mil pesos", ""}});
}

TEST_CASE("numbers without a known currency are not money") {
  check({{"Total 1.250.000", ""},
         {"UTM 654.321 E, UTM 5.678.901 N", ""},
         {"coordenadas UTM 5.678.901 y 654.321", ""},
         {"datum WGS84, UTM 18 S", ""},
         {"huso 19 UTM", ""},
         {"87,5%", ""},
         {"R$ 500 y A$ 20", ""},
         {"1.250.000 pesos argentinos", ""},
         {"500 dólares canadienses", ""},
         {"$ 1.25", ""},
         {"10 UTA", ""},
         {"cuesta $ mucho", ""},
         {"25 UFO", ""}});
}

TEST_CASE("a document's number stands behind the document's name") {
  check({{"Ley N° 20.285", "document_number ley 20285"},
         {"ley 19.880", "document_number ley 19880"},
         {"Ley N 19.880", "document_number ley 19880"},
         {"leyes N°s 18.575 y 19.653", "document_number ley 18575; document_number ley 19653"},
         {"ley de compras públicas N° 19.886", "document_number ley 19886"},
         {"Decreto N° 302/2022", "document_number decreto 302/2022"},
         {"Decreto Supremo N° 40, de 2012", "document_number decreto 40"},
         {"D.S. N° 40", "document_number decreto 40"},
         {"DFL N° 1-19.653", "document_number decreto 1-19653"},
         {"decreto con fuerza de ley N° 458", "document_number decreto 458"},
         {"decreto ley 3.500", "document_number decreto 3500"},
         {"RESOLUCIÓN EXENTA N° 1.234", "document_number resolucion 1234"},
         {"Res. Ex. SII N° 45", "document_number resolucion 45"},
         {"ORD.: N° 123 / 2024", "document_number oficio 123/2024"},
         {"Oficio N° E12345/2022", "document_number oficio E12345/2022"},
         {"OFICIO CIRCULAR N°12", "document_number oficio 12"},
         {"Rol N° 12.345-21 de la Corte Suprema", "document_number rol 12345-21"},
         {"RIT : T - 123 - 2020", "document_number rit T-123-2020"},
         {"Of. Ord. N° 12", "document_number oficio 12"},
         {"Folio N° 000123", "document_number folio 000123"},
         {"Rol C-1234-2020", "document_number rol C-1234-2020"},
         {"causa rol N° 1.234-2020", "document_number rol 1234-2020"},
         {"LEY N.? 17,638, ruego", "document_number ley 17638"},
         {"RIT: 1-1292-2011", "document_number rit I-1292-2011"},
         {"RIT O-45-2022, RUC 2200123456-7",
          "document_number rit O-45-2022; document_number ruc 2200123456-7"},
         {"RUC: 22-4-0412345-k", "document_number ruc 22-4-0412345-K"},
         {"Folio Nº 000387-B", "document_number folio 000387-B"},
         {"RESOLUCIÓN EXENTA N° 2408E1156", "document_number resolucion 2408E1156"},
         {"RIT: GR-07-00031-2021", "document_number rit GR-07-00031-2021"},
         {"Folio: AO004T0009917", "document_number folio AO004T0009917"},
         {"RESOLUCIÓN EXENTA N° R-01-UJU-88.204-2023",
          "document_number resolucion R-01-UJU-88204-2023"},
         {"la resolución 2118/22/4, fue", "document_number resolucion 2118/22/4"},
         {"Repertorio N° 1.234-2023", "document_number repertorio 1234-2023"}});
}

TEST_CASE("numbers of other things are not document numbers") {
  check({{"rol de avalúo N° 1234-56", ""},
         {"propiedad rol 1234-56", ""},
         {"tamaño oficio 50 hojas", ""},
         {"la ley de 20.285 habitantes", ""},
         {"AV. PROVIDENCIA 1208, OF. 1603, PROVIDENCIA", ""},
         {"resolución 300 dpi", ""},
         {"artículo 10 N° 4", ""},
         {"factura N° 1234", ""},
         {"la ley que regula el artículo 8", ""},
         {"decreto que aprueba el contrato N° 5", ""},
         {"RUC 20123456789", ""},
         {"página 3 de 12", ""},
         {"NCh 433 Of. 1996", ""},
         {"fojas 123 N° 456", ""},
         {"ley de presupuestos 2024", ""}});
}

TEST_CASE("contacts are found where they say what they are") {
  check({{"María.PEREZ@Muni-Maipu.CL", ""},
         {"Oficina.Partes@Muni-Maipu.CL.", "email oficina.partes@muni-maipu.cl"},
         {"juan@\nminsal.cl", "email juan@minsal.cl"},
         {"a@b.cl.\nCl siguiente", "email a@b.cl"},
         {"+56 2 2678 1234", "phone +56226781234"},
         {"(2) 2678 1234", "phone +56226781234"},
         {"+56 9 8765 4321", "phone +56987654321"},
         {"Fono: 22 678 1234 / 9 8765 4321", "phone +56226781234; phone +56987654321"},
         {"celular 987654321", "phone +56987654321"},
         {"Llame al 2 2768 9800", "phone +56227689800"},
         {"Informaciones: 51-2-298 700 opción 4", "phone +56512298700"},
         {"al 32 220 4477 o a a@b.cl.", "phone +56322204477; email a@b.cl"},
         {"Fono atención: 600 600 9090", ""},
         {"Denuncias: 800-371-800", ""},
         {"partes@muni.cl - 52 2 488 120", "email partes@muni.cl; phone +56522488120"},
         {"llamados al 228 42 11\n90, anexo 3", "phone +56228421190"},
         {"consultas 2 2023 20244 1", ""},
         {"el año 2 2023 2024 fue", ""},
         {"Consultas el 20-03-2024", "date 2024-03-20"},
         {"987654321", ""},
         {"+54 11 4321 1234", ""},
         {"correo jgonzalez(Opjud.cl,", "email jgonzalez@pjud.cl repaired"},
         {"m.sotoWgmail.com", "email m.soto@gmail.com repaired"},
         {"visite NuevoOrden.cl", ""},
         {"usuario@localhost", ""},
         {"N° de serie 226781234", ""}});
}

TEST_CASE("plates count where the page speaks of vehicles") {
  check({{"placa patente BBCL-23", "plate BBCL23"},
         {"vehículo BB·CL·23", "plate BBCL23"},
         {"PPU: BBCL23-5", "plate BBCL23"},
         {"patente AA-1234", "plate AA1234"},
         {"P.P.U.       : DS-345", "plate DS345"},
         {"1 tractor MF-265", ""},
         {"la camioneta RF-6120 estacionada", "plate RF6120"},
         {"LD-411      Moto Yamaha XT-225", "plate LD411"},
         {"INSCRIPCIÓN R.V.M.: LH.4487", "plate LH4487"},
         {"su camión BHZX-94 figuraba", "plate BHZX94"},
         {"camión Volvo FH-540", ""},
         {"código BBCL-23", ""},
         {"vehículo modelo RS 2000", ""},
         {"patente comercial 2-1234", ""}});
}

TEST_CASE("a field lies where its words lie and is as sure as the least sure word") {
  PageText page;
  page.text = "RUT\n12.345.678 - 5 fin";
  page.words = {{0, 3, {0, 0, 10, 10}, 0.9F},
                {4, 14, {20, 0, 60, 12}, 0.8F},
                {15, 16, {62, 4, 64, 6}, 0.95F},
                {17, 18, {66, 0, 70, 11}, 0.7F},
                {19, 22, {80, 0, 90, 10}, 0.1F}};
  const auto fields = find_fields(page, 4);
  REQUIRE(fields.size() == 1);
  CHECK(fields[0].box == Box{20, 0, 70, 12});
  CHECK(fields[0].confidence == doctest::Approx(0.7));
  CHECK(fields[0].page_index == 4);
  CHECK(fields[0].raw == "12.345.678 - 5");
}

TEST_CASE("a page has a bounded number of fields") {
  std::string text;
  for (std::size_t i = 0; i < fields_per_page_max + 500; ++i) text += "$ 1.250\n";
  CHECK(find_fields({text, {}}, 0).size() == fields_per_page_max);
}

TEST_CASE("text that is no text gives no fields") {
  CHECK(find_fields({}, 0).empty());
  CHECK(find_fields({"\xff\xfe\xc3", {}}, 0).empty());
  CHECK(find_fields({std::string(5000, '\n'), {}}, 0).empty());
}
