# SPDX-License-Identifier: GPL-3.0-or-later
"""civicum doctor: findings with their evidence, and a reader that tries to get out."""
import json
import os

from harness import ENDED_WELL, UNAVAILABLE, WITH_FINDINGS, Case, Run
import harness


class Doctor(Case):
    def doctor(self, *words, codes=(ENDED_WELL,), **options):
        run = Run([harness.PROGRAM, "doctor", *words], self.data, **options)
        self.addCleanup(run.end)
        run.finish()
        self.assertIn(run.code, codes, run.err)
        return run

    def attempts(self, **options):
        [reader] = json.loads(self.doctor("--sovereignty", "--json", **options).out)["children"]
        self.assertEqual("reader", reader["child"])
        return reader

    def test_nothing_that_a_reader_tries_gets_through(self):
        reader = self.attempts()
        through = [attempt["attempt"] for attempt in reader["attempts"] if not attempt["refused"]]
        self.assertEqual([], through)
        self.assertEqual({"network", "files", "processes", "privileges"}, {attempt["kind"] for attempt in reader["attempts"]})
        # What nobody may do here proves nothing: nearly all must be possible without the sandbox.
        proofs = [attempt for attempt in reader["attempts"] if attempt["refused_outside"] is False]
        self.assertGreaterEqual(len(proofs), len(reader["attempts"]) - 5)
        self.assertIn("loopback over TCP", [attempt["attempt"] for attempt in proofs])

    test_nothing_that_a_reader_tries_gets_through.sanitizer = True

    def test_the_table_says_what_refused_and_that_it_would_get_through_outside(self):
        text = self.doctor("--sovereignty").out
        self.assertRegex(text, r"loopback over TCP +refused +EPERM +seccomp +gets through")
        self.assertIn("0 of ", text)

    def test_an_attempt_that_gets_through_is_a_finding(self):
        """A reader that is not locked in: the same program, told to try at once."""
        folder = self.folder / "open"
        folder.mkdir()
        reader = folder / "civicum-reader"
        # Says of every attempt that it got through, as a reader without its sandbox would.
        reader.write_text("#!/bin/sh\nprintf 'rlimits'\"$(printf ' 0%.0s' $(seq 100))\"'\\n' >&3\n")
        reader.chmod(0o755)
        program = folder / "civicum"
        program.write_bytes(harness.PROGRAM.read_bytes())
        program.chmod(0o755)
        run = Run([program, "doctor", "--sovereignty"], self.data)
        self.addCleanup(run.end)
        self.assert_code(run.finish(), WITH_FINDINGS)
        self.assertIn("GOT THROUGH", run.out)
        run = Run([program, "doctor"], self.data)
        self.addCleanup(run.end)
        self.assert_code(run.finish(), WITH_FINDINGS)
        self.assertIn("a reader can do", run.out)

    def test_findings_have_their_evidence_and_what_mends_them(self):
        report = json.loads(self.doctor("--json", codes=(ENDED_WELL, WITH_FINDINGS)).out)
        self.assertTrue(report["well"])
        without = json.loads(self.doctor("--json", codes=(WITH_FINDINGS,), env={**os.environ, "CIVICUM_CAGES": "off"}).out)
        [cages] = [finding for finding in without["findings"] if "no cages" in finding["what"]]
        self.assertEqual("CIVICUM_CAGES=off", cages["evidence"])
        self.assertIn("Delegate=yes", cages["remedy"])

    def test_a_reader_that_does_not_start_is_the_first_finding(self):
        report = json.loads(self.doctor("--json", "--lang", "nope", codes=(WITH_FINDINGS,)).out)
        self.assertIn("readers do not start", report["findings"][0]["what"])
        self.assert_code(self.doctor("--sovereignty", "--lang", "nope", codes=(UNAVAILABLE,)), UNAVAILABLE)
