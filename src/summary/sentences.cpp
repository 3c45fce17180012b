// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary/sentences.h"

#include <unicode/locid.h>
#include <unicode/utext.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace civicum {
namespace {

using namespace std::string_view_literals;

/// Behind these a full stop does not end the sentence.
constexpr std::array abbreviations{
    "Sr."sv,      "Sra."sv,   "Srta."sv,  "Sres."sv,  "Sras."sv,  "SR."sv,    "SRA."sv,
    "Dr."sv,      "Dra."sv,   "Drs."sv,   "Ing."sv,   "Arq."sv,   "Abog."sv,  "Prof."sv,
    "Lic."sv,     "Gral."sv,  "Cap."sv,   "Cte."sv,   "Pdte."sv,  "Pdta."sv,  "Mons."sv,
    "D."sv,       "Dn."sv,    "Dña."sv,   "Ud."sv,    "Uds."sv,   "Vd."sv,    "US."sv,
    "S.S."sv,     "S.S.I."sv, "SS."sv,    "V.S."sv,   "S.E."sv,   "Excmo."sv, "Excma."sv,
    "Ilmo."sv,    "Iltmo."sv, "I."sv,     "Art."sv,   "Arts."sv,  "art."sv,   "arts."sv,
    "ART."sv,     "inc."sv,   "Inc."sv,   "incs."sv,  "letr."sv,  "lit."sv,   "núm."sv,
    "Núm."sv,     "nro."sv,   "Nro."sv,   "NRO."sv,   "No."sv,    "N."sv,     "n."sv,
    "pág."sv,     "págs."sv,  "Pág."sv,   "pag."sv,   "Pag."sv,   "p."sv,     "pp."sv,
    "fs."sv,      "Fs."sv,    "fjs."sv,   "Fjs."sv,   "vta."sv,   "cap."sv,   "vol."sv,
    "tít."sv,     "Tít."sv,   "párr."sv,  "cfr."sv,   "Cfr."sv,   "vid."sv,   "ss."sv,
    "etc."sv,     "ej."sv,    "Ej."sv,    "p.ej."sv,  "i.e."sv,   "e.g."sv,   "aprox."sv,
    "máx."sv,     "mín."sv,   "Ltda."sv,  "LTDA."sv,  "S.A."sv,   "S.p.A."sv, "SpA."sv,
    "E.I.R.L."sv, "Cía."sv,   "Cia."sv,   "CÍA."sv,   "Hnos."sv,  "Soc."sv,   "Inv."sv,
    "U.F."sv,     "U.T.M."sv, "U.T.A."sv, "R.U.T."sv, "R.U.N."sv, "C.I."sv,   "C.N.I."sv,
    "Av."sv,      "Avda."sv,  "AV."sv,    "Pje."sv,   "Psje."sv,  "Dpto."sv,  "Depto."sv,
    "depto."sv,   "Of."sv,    "of."sv,    "Ofic."sv,  "Pob."sv,   "Sta."sv,   "Sto."sv,
    "Fco."sv,     "Mª."sv,    "Tel."sv,   "tel."sv,   "Fono."sv,  "Cel."sv,   "Fax."sv,
    "Res."sv,     "RES."sv,   "Ex."sv,    "EX."sv,    "Exe."sv,   "Exta."sv,  "Ord."sv,
    "ORD."sv,     "Dto."sv,   "Dcto."sv,  "D.S."sv,   "D.L."sv,   "D.F.L."sv, "D.O."sv,
    "DS."sv,      "DFL."sv,   "MAT."sv,   "ANT."sv,   "REF."sv,   "Mat."sv,   "Ant."sv,
    "Ref."sv,     "Adj."sv,   "Rep."sv,   "Rol."sv,   "Reg."sv,   "Insc."sv,  "C.A."sv,
    "C.S."sv,     "C.P.R."sv, "C.C."sv,   "C.P.C."sv, "C.T."sv,   "EE.UU."sv, "RR.HH."sv,
    "FF.AA."sv,   "a.C."sv,   "d.C."sv,   "a.m."sv,   "p.m."sv,   "hrs."sv,   "Hrs."sv,
    "kms."sv,     "mts."sv,   "m.n."sv,   "vs."sv,    "Atte."sv,  "c.c."sv,   "P.D."sv};

std::unique_ptr<icu::BreakIterator> make_breaks() {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> breaks(
      icu::BreakIterator::createSentenceInstance(icu::Locale("es"), status));
  return U_SUCCESS(status) ? std::move(breaks) : nullptr;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/// True where the last word is an abbreviation or the initial of a name: its full stop ends
/// nothing. (ICU's own filter does not know abbreviations that hold a full stop, such as "S.A.".)
bool ends_with_abbreviation(std::string_view sentence) {
  if (!sentence.ends_with('.')) return false;
  const std::size_t space = sentence.find_last_of(" \n\t");
  std::string_view word = sentence.substr(space == sentence.npos ? 0 : space + 1);
  while (!word.empty() && (word.front() == '(' || word.front() == '"')) word.remove_prefix(1);
  const bool is_initial = word.size() == 2 && word[0] >= 'A' && word[0] <= 'Z';
  return is_initial ||
         std::find(abbreviations.begin(), abbreviations.end(), word) != abbreviations.end();
}

}  // namespace

SentenceSplitter::SentenceSplitter() : breaks_(make_breaks()) {}

void SentenceSplitter::split(std::string_view paragraph,
                             const std::function<void(std::size_t, std::size_t)>& visit) {
  const auto emit = [&](std::size_t begin, std::size_t end) {
    while (begin < end && is_space(paragraph[begin])) ++begin;
    while (begin < end && is_space(paragraph[end - 1])) --end;
    if (begin < end) visit(begin, end);
  };
  UErrorCode status = U_ZERO_ERROR;
  UText* text = utext_openUTF8(nullptr, paragraph.data(),
                               static_cast<std::int64_t>(paragraph.size()), &status);
  if (breaks_ != nullptr) breaks_->setText(text, status);
  if (breaks_ == nullptr || U_FAILURE(status)) {
    utext_close(text);
    return emit(0, paragraph.size());
  }
  std::size_t begin = 0;
  breaks_->first();
  for (auto next = breaks_->next(); next != icu::BreakIterator::DONE; next = breaks_->next()) {
    const std::size_t end = static_cast<std::size_t>(next);
    std::size_t trimmed = end;
    while (trimmed > begin && is_space(paragraph[trimmed - 1])) --trimmed;
    const std::string_view sentence = paragraph.substr(begin, trimmed - begin);
    if (end < paragraph.size() && ends_with_abbreviation(sentence)) continue;
    emit(begin, end);
    begin = end;
  }
  emit(begin, paragraph.size());
  utext_close(text);
}

}  // namespace civicum
