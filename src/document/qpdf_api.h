// SPDX-License-Identifier: GPL-3.0-or-later
// qpdf's headers as we use them: with std::shared_ptr where older versions had a pointer type of
// their own (POINTERHOLDER_TRANSITION, README-doc of qpdf 11).
#pragma once

#ifndef POINTERHOLDER_TRANSITION
#define POINTERHOLDER_TRANSITION 4
#endif

// clang 14 cannot compile JSON.hh as C++20 (a vector of its own, still incomplete class). The other
// headers only name the class in functions that are not called here.
#if defined(__clang__) && __clang_major__ < 15
#define JSON_HH
#include <functional>
#include <vector>
class JSON;
#endif

#include <qpdf/Buffer.hh>
#include <qpdf/BufferInputSource.hh>
#include <qpdf/Pipeline.hh>
#include <qpdf/Pl_Buffer.hh>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QPDFTokenizer.hh>
#include <qpdf/QPDFWriter.hh>
