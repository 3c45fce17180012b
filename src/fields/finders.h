// SPDX-License-Identifier: GPL-3.0-or-later
// The finders, one file each. A finder appends what it is sure of, in any order; candidates of
// different finders may overlap, and fields.cpp decides (finders stand here in order of
// precedence).
#pragma once

#include <vector>

#include "fields/scan.h"

namespace civicum::fields {

void find_emails(const FoldedText& page, std::vector<Candidate>& found);
void find_ruts(const FoldedText& page, std::vector<Candidate>& found);
/// "5 de marzo de 2024", "a cinco días del mes de marzo de dos mil veinticuatro", "05-MAR-2024".
void find_long_dates(const FoldedText& page, std::vector<Candidate>& found);
/// "05/03/2024", "05.03.2024", "05-03-24", "2024-03-05".
void find_numeric_dates(const FoldedText& page, std::vector<Candidate>& found);
void find_money(const FoldedText& page, std::vector<Candidate>& found);
void find_document_numbers(const FoldedText& page, std::vector<Candidate>& found);
void find_phones(const FoldedText& page, std::vector<Candidate>& found);
void find_plates(const FoldedText& page, std::vector<Candidate>& found);
/// "un millón doscientos mil pesos": only where the same amount does not stand beside it in
/// figures.
void find_worded_money(const FoldedText& page, std::vector<Candidate>& found);

}  // namespace civicum::fields
